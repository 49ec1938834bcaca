import { expect, it } from 'vitest';
import { ExactNumber } from './json.ts';
import { pythonRepr, pythonText } from './python-text.ts';

// Recorded from Python 3.11.
it.each<[unknown, string]>([
  [null, 'None'],
  [true, 'True'],
  ['a', "'a'"],
  ["it's", '"it\'s"'],
  [`both ' and "`, `'both \\' and "'`],
  ['back\\slash\n\t', "'back\\\\slash\\n\\t'"],
  ['\u0001\u007f\u0085', "'\\x01\\x7f\\x85'"],
  ['Näme 😀', "'Näme 😀'"],
  [[1, 'a', [false]], "[1, 'a', [False]]"],
  [{ a: { b: null } }, "{'a': {'b': None}}"],
  [new ExactNumber('1.50'), '1.50'],
  [12345678901234567890n, '12345678901234567890'],
])('case %#', (value, text) => expect(pythonRepr(value)).toBe(text));

it('leaves text as it is where it is not quoted', () => {
  expect([pythonText('a b'), pythonText(false), pythonText(1.5)]).toEqual(['a b', 'False', '1.5']);
});
