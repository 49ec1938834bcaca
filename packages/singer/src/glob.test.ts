import { expect, it } from 'vitest';
import { matchesGlob } from './glob.ts';

it.each([
  ['users', 'users', true],
  ['users', 'user', false],
  ['properties.a.b', 'properties.*', true],
  ['abc', 'a?c', true],
  ['a.c', 'a?c', true],
  ['abc', 'a[bx]c', true],
  ['abc', 'a[!b]c', false],
  ['a]c', 'a[]]c', true],
  ['a[c', 'a[c', true],
  ['a*c', 'a[*]c', true],
  ['abc', 'a[*]c', false],
  ['Abc', 'abc', false],
  ['line\nbreak', 'line*', true],
  ['a.b', 'a.b', true],
  ['axb', 'a.b', false],
  ['a(b)$', 'a(b)$', true],
  ['m', '[a-z]', true],
  ['m', '[z-a]', false],
  ['-', '[a-]', true],
  ['\\', '[\\]', true],
  ['😀', '?', true],
])('%j against %j: %s', (text, pattern, matches) => {
  expect(matchesGlob(text, pattern)).toBe(matches);
});
