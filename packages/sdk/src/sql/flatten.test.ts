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

test('two properties never share a column: the one at the top keeps the name', () => {
  const clashing = {
    properties: {
      o: { type: 'object', properties: { a: { type: 'integer' } } },
      o__a: { type: 'string' },
    },
  };
  const flattening = createFlattening(clashing, 2);
  const [first = '', second = ''] = Object.keys(flattening.schema['properties'] as object);
  expect(second).toBe('o__a');
  expect(first).toMatch(/^o__a_[0-9a-f]{8}$/);
  expect(flattening.renamed.map(({ path, name }) => [path, name])).toEqual([[['o', 'a'], first]]);
  expect(flattening.record({ o: { a: 1 }, o__a: 'x' })).toEqual({ [first]: 1, o__a: 'x' });
  expect(flattening.record({ o__a: 'x', o: null })).toEqual({ [first]: null, o__a: 'x' });
});

test('where nobody has the name at the top, all get a suffix of their own', () => {
  const twice = {
    properties: {
      a: { properties: { b__c: { type: 'string' } } },
      a__b: { properties: { c: { type: 'string' } } },
    },
  };
  const flattening = createFlattening(twice, 1);
  expect(new Set(Object.keys(flattening.schema['properties'] as object)).size).toBe(2);
  expect(Object.values(flattening.record({ a: { b__c: 'x' }, a__b: { c: 'y' } }))).toEqual(['x', 'y']);
});

test('what the schema does not have is passed on, also from within, and never replaces what it has', () => {
  const flattening = createFlattening({ properties: { o: { properties: { a: { type: 'integer' } } } } }, 1);
  const flat = flattening.record({ o: { a: 1, extra: 2 }, o__a: 3 });
  expect(flat).toMatchObject({ o__a: 1, o__extra: 2 });
  expect(Object.values(flat)).toEqual([1, 2, 3]);
});
