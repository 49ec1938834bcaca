import type { JsonValue } from '@meltano/foundation/json';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findPath, flattenObject, nestObject, splitName } from './nesting.ts';

test('names split at dots, not at escaped ones', () => {
  expect(splitName('a.b\\.c.d')).toEqual(['a', 'b\\.c', 'd']);
});

test('empty mappings and lists are leaves', () => {
  expect(flattenObject({ a: { b: { c: 1 }, d: {} }, e: [{ f: 1 }] })).toEqual({
    'a.b.c': 1,
    'a.d': {},
    e: [{ f: 1 }],
  });
});

test('the first value of a name wins, mappings merge, escapes go', () => {
  expect(nestObject({ 'a.b': 1, a: { b: 2, c: 3 }, 's3\\.x': 4, t: 'text', 't.q': 5 })).toEqual({
    a: { b: 1, c: 3 },
    's3.x': 4,
    t: 'text',
  });
});

test('what is flattened nests to what it was', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'd');
  const value = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.constant([]),
      fc.dictionary(word, tie('value'), { maxKeys: 3 }),
    ),
  })).value;
  fc.assert(
    fc.property(fc.dictionary(word, value), (object) => {
      expect(nestObject(flattenObject(object))).toEqual(object);
    }),
  );
});

test('a name is found dotted, nested, or partly so', () => {
  expect(findPath({ a: { 'b.c': { d: 1 } } }, 'a.b.c.d')).toEqual(['a', 'b.c', 'd']);
  expect(findPath({ 'a.b': 1, a: { b: 2 } }, 'a.b')).toEqual(['a.b']);
  expect(findPath({ a: 1 }, 'a.b')).toBeUndefined();
});
