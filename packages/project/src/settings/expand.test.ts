import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expandText, expandValue, isOnlyReferences, referencedVariables } from './expand.ts';

const variables = { A: '1', B_C: '2', lower: '3', E: '', '1': 'one' };

// Recorded from Meltano 4.4.1 (meltano-project §3.12).
test.each([
  ['$A-${B_C}', '1-2'],
  ['$lower', '$lower'],
  ['${lower}', '3'],
  ['$Ab', '1b'],
  ['$AB', ''],
  ['\\$A', '$A'],
  ['\\${A}', '${A}'],
  ['\\\\$A', '\\$A'],
  ['$1', '$1'],
  ['$', '$'],
  ['${}', '${}'],
  ['${A:-d}', '${A:-d}'],
  ['${1}', 'one'],
  ['$$A', '$1'],
  ['x$E', 'x'],
])('%s becomes %s', (text, expanded) => {
  expect(expandText(text, { variables })).toBe(expanded);
});

test('results are not read again', () => {
  expect(expandText('$X', { variables: { X: '$A', A: '1' } })).toBe('$A');
});

test('lists and mappings are expanded, keys and other values are not', () => {
  expect(expandValue({ $A: ['$A', { x: '$A' }, 1, null, true] }, { variables })).toEqual({
    $A: ['1', { x: '1' }, 1, null, true],
  });
});

test('a missing variable is empty, kept or an error; an empty one is fine', () => {
  expect(expandText('$NO/${NO}', { variables, missing: 'keep' })).toBe('$NO/${NO}');
  expect(() => expandText('$NO', { variables, missing: 'error' })).toThrow(
    "Environment variable 'NO' referenced but not set",
  );
  expect(expandText('$E', { variables, missing: 'error' })).toBe('');
  expect(() => expandText('$toString', { variables: {}, missing: 'error' })).not.toThrow();
});

test('referenced variables are those that are looked up', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('$', '{', '}', 'A', 'b', '_', '1', '\\', ' ') }),
      (text) => {
        const known = Object.fromEntries(referencedVariables(text).map((name) => [name, 'x']));
        expect(() => expandText(text, { variables: known, missing: 'error' })).not.toThrow();
      },
    ),
  );
});

test.each([
  ['$A', true],
  ['${a}:$B@', true],
  ['$lower', false],
  ['\\$A', false],
  ['abc$A', false],
  ['$A$', false],
  ['1', false],
  ['', false],
  [1, false],
])('%j says nothing but references: %j', (value, expected) => {
  expect(isOnlyReferences(value)).toBe(expected);
});
