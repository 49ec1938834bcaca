import { expect, test } from 'vitest';
import { createFlattening } from './flatten.ts';

const schema = {
  properties: {
    id: { type: 'integer' },
    a: {
      type: 'object',
      properties: { b: { type: 'object', properties: { c: { type: 'string' } } }, d: { type: 'integer' } },
    },
    free: { type: 'object' },
  },
};
const record = { id: 1, a: { b: { c: 'x' }, d: 2 }, free: { any: 1 }, extra: true };

test('level 0 leaves all as it is', () => {
  const flattening = createFlattening(schema, 0);
  expect(flattening.schema).toBe(schema);
  expect(flattening.record(record)).toBe(record);
});

test('a level takes one step into objects, and what lies deeper stays whole', () => {
  const flattening = createFlattening(schema, 1);
  expect(Object.keys(flattening.schema['properties'] as object)).toEqual(['id', 'a__b', 'a__d', 'free']);
  expect(flattening.record(record)).toEqual({
    id: 1,
    a__b: { c: 'x' },
    a__d: 2,
    free: { any: 1 },
    extra: true,
  });
});

test('two levels take two, null stays null and missing stays missing', () => {
  const flattening = createFlattening(schema, 2);
  expect(flattening.record(record)).toMatchObject({ a__b__c: 'x', a__d: 2 });
  expect(flattening.record({ id: 1, a: null })).toEqual({ id: 1, a__b__c: null, a__d: null });
  expect(flattening.record({ id: 1 })).toEqual({ id: 1 });
});
