import type { JsonValue } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { columnKindOf } from './column-kind.ts';

test.each<readonly [string, JsonValue]>([
  ['integer', { type: ['null', 'integer'] }],
  ['integer', { type: 'integer' }],
  ['double', { type: 'number' }],
  ['double', { type: 'number', multipleOf: 0.5 }],
  ['double', { type: ['integer', 'number', 'null'] }],
  ['big-integer', { type: 'number', multipleOf: 1 }],
  ['boolean', { type: 'boolean' }],
  ['text', { type: 'string', format: 'email' }],
  ['text', { type: ['integer', 'string'] }],
  ['text', { type: 'string', format: 'singer.decimal' }],
  ['text', { enum: ['a', 'b', null] }],
  ['timestamp', { type: ['string', 'null'], format: 'date-time' }],
  ['timestamp', { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] }],
  ['timestamp', { oneOf: [{ type: 'string', format: 'date-time' }, 'null'] }],
  ['text', { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'string' }] }],
  ['date', { type: 'string', format: 'date' }],
  ['time', { type: 'string', format: 'time' }],
  ['json', { type: 'object' }],
  ['json', { type: ['array', 'string'] }],
  ['json', {}],
  ['json', true],
  ['json', { enum: [1, 'a'] }],
  ['text', { const: 'a' }],
  ['json', { const: 1 }],
  ['text', { type: 'null' }],
  ['text', { type: ['null'] }],
  ['text', { type: ['string', 'null'], format: 'uuid' }],
  ['text', { type: ['string', 'null'], maxLength: 5 }],
  ['integer', { anyOf: [{ type: 'integer' }, { type: 'null' }] }],
  ['integer', { oneOf: [{ type: 'null' }, { type: ['integer', 'null'] }] }],
  ['big-integer', { type: 'string', 'x-sql-datatype': 'hugeint' }],
  ['text', { type: 'string', 'x-sql-datatype': 'geography' }],
])('%s for %j', (kind, schema) => {
  const named = (type: string) => (type === 'HUGEINT' ? ({ kind: 'big-integer' } as const) : undefined);
  expect(columnKindOf(schema, named).kind).toBe(kind);
});

test('decimals have the scale that the schema tells', () => {
  expect(columnKindOf({ type: 'number', multipleOf: 1e-9 })).toEqual({
    kind: 'decimal',
    precision: 38,
    scale: 9,
  });
  // What taps send for numbers of unknown scale, e.g. NUMBER of Oracle.
  expect(columnKindOf({ type: 'number', multipleOf: 1e-38 })).toEqual({
    kind: 'decimal',
    precision: 38,
    scale: 18,
  });
  const sdk = { type: 'string', format: 'singer.decimal', precision: 10, scale: 2 };
  expect(columnKindOf(sdk)).toEqual({ kind: 'decimal', precision: 10, scale: 2 });
  const text = { type: 'string', format: 'x-singer.decimal', precision: 10, scale: 2 };
  expect(columnKindOf(text)).toEqual({ kind: 'decimal', precision: 10, scale: 2 });
});
