import type { JsonObject } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { createTestClock } from '../testing/test-clock.ts';
import type { Compiling } from './compiling.ts';
import type { StreamManifest } from './manifest.ts';
import { shapeRecord } from './shape-record.ts';

const compiling = {
  world: { clock: createTestClock('2024-03-10T12:00:00Z'), random: () => 0.5 },
} as Compiling;

function shaped(transform: StreamManifest['transform'], record: JsonObject, config: JsonObject = {}) {
  const shape = shapeRecord({ transform } as StreamManifest, 'streams.s', { ...compiling, config });
  return shape?.(record, { partition: {}, start: undefined, end: undefined } as never);
}

test.each([
  ['words', { firstName: 1, 'Last Name': 2, HTTPCode2: 3 }, { first_name: 1, last_name: 2, http_code_2: 3 }],
  ['letters of all languages', { größeInCm: 1, ИмяКлиента: 2 }, { größe_in_cm: 1, имя_клиента: 2 }],
  ['what would take the place of another', { id: 1, ID: 2, _id: 3 }, { id: 1, ID: 2, _id: 3 }],
  ['inside', { outerName: [{ innerName: 1 }] }, { outer_name: [{ inner_name: 1 }] }],
])('snake case of %s', (_, record, expected) => {
  expect(shaped([{ keys: 'snake' }], record as JsonObject)).toEqual(expected);
});

test('a star in "remove" is each member, and each item of a list', () => {
  const record = {
    lines: [{ a: 1, b: 2 }, 3, { a: 4 }],
    by: { x: { a: 1 }, y: 'z' },
    all: { c: 1 },
    list: [1],
  };
  const paths = ['lines.*.a', 'by.*.a', 'all.*', 'list.*', 'none.*.a', 'lines.a'];
  expect(
    shaped(
      paths.map((remove) => ({ remove })),
      record,
    ),
  ).toEqual({
    lines: [{ b: 2 }, 3, {}],
    by: { x: {}, y: 'z' },
    all: {},
    list: [],
  });
});

test('settings may say what is replaced in names', () => {
  const transform = [{ replace: '{{ config.old }}', with: '{{ config.own }}' }];
  expect(shaped(transform, { 'a-b': { 'c-d': 1 } }, { old: '-', own: '$&' })).toEqual({
    'a$&b': { 'c$&d': 1 },
  });
  expect(shaped(transform, { 'a-b': 1 })).toEqual({ 'a-b': 1 });
});
