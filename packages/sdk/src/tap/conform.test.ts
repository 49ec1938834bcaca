import { ExactNumber, stringifyJson } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { createConform, inside, pathsOf } from './conform.ts';
import type { UnwantedMembers } from './unwanted-members.ts';

test('makes JSON of what authors yield', () => {
  const conform = createConform({ properties: { a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {} } });
  const record = {
    a: new Date('2024-01-01T00:00:00Z'),
    b: 9007199254740993n,
    c: Number.NaN,
    d: new Uint8Array([1, 255]),
    e: { deep: [new Date(0), undefined, { x: 1n }], gone: undefined },
    f: undefined,
    g: new ExactNumber('1.10'),
  };
  expect(stringifyJson(conform(record))).toBe(
    '{"a":"2024-01-01T00:00:00.000Z","b":9007199254740993,"c":null,"d":"01ff","e":{"deep":["1970-01-01T00:00:00.000Z",null,{"x":1}]},"g":1.10}',
  );
});

test('leaves out what the schema does not have, at every depth, and tells of it', () => {
  const unknown: string[] = [];
  const schema = { properties: { a: { properties: { b: {} } }, list: { items: { properties: { c: {} } } } } };
  const conform = createConform(schema, { onUnknown: (name) => void unknown.push(name) });
  expect(conform({ a: { b: 1, x: 2 }, list: [{ c: 1, x: 2 }], y: 3 })).toEqual({
    a: { b: 1 },
    list: [{ c: 1 }],
  });
  expect(unknown).toEqual([`a${inside}x`, `list${inside}x`, 'y']);
  // Inside of objects once is enough.
  conform({ a: { x: 3 }, y: 4 });
  expect(unknown.slice(3)).toEqual(['y']);
  expect(pathsOf(schema)).toEqual(['a', `a${inside}b`, 'list', `list${inside}c`]);
});

test('a day has no time of day', () => {
  const day = { type: 'string', format: 'date' };
  const conform = createConform({ properties: { d: day, e: { anyOf: [day, { type: 'null' }] } } });
  expect(conform({ d: new Date('2024-01-02T03:04:05Z'), e: new Date(0) })).toEqual({
    d: '2024-01-02',
    e: '1970-01-01',
  });
});

test('an open object keeps what it has', () => {
  const conform = createConform({ properties: { a: {} }, additionalProperties: true });
  expect(conform({ a: 1, more: 2 })).toEqual({ a: 1, more: 2 });
  expect(createConform({ properties: { a: { type: 'object' } } })({ a: { any: 1 } })).toEqual({
    a: { any: 1 },
  });
});

test('what is unwanted stays out of an open object, at every depth', () => {
  const x: UnwantedMembers = new Map([['x', 'all']]);
  const unwanted: UnwantedMembers = new Map<string, UnwantedMembers | 'all'>([
    ['a', x],
    ['b', 'all'],
    ['c', x],
  ]);
  const conform = createConform({ properties: { a: {} }, additionalProperties: true }, { unwanted });
  expect(conform({ a: { x: 1, y: 2 }, b: 1, c: { x: 1, y: 2 }, d: 3 })).toEqual({
    a: { y: 2 },
    c: { y: 2 },
    d: 3,
  });
});
