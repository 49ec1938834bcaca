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
  ['', '*', true],
  ['', '**', true],
  ['aab', 'a*b', true],
  ['ab', 'a*b*', true],
  ['abcbd', 'a*b*d', true],
  ['abcbd', '*b?b*', true],
  ['abcd', '*b*b*', false],
  ['aba', 'ab*ba', false],
  ['x1y22z', 'x*[0-9][0-9]*', true],
  ['a1', '*a*1', true],
])('%j against %j: %s', (text, pattern, matches) => {
  expect(matchesGlob(text, pattern)).toBe(matches);
});

/** All ways, one after the other. */
function matchesSlowly(text: string, pattern: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*'))
    return matchesSlowly(text, pattern.slice(1)) || (text !== '' && matchesSlowly(text.slice(1), pattern));
  const fits = text !== '' && (pattern.startsWith('?') || pattern[0] === text[0]);
  return fits && matchesSlowly(text.slice(1), pattern.slice(1));
}

it('means the same as trying all ways', () => {
  const texts = (letters: string, length: number): string[] =>
    length === 0
      ? ['']
      : texts(letters, length - 1).flatMap((text) => Array.from(letters).map((char) => text + char));
  for (const pattern of [3, 4, 5].flatMap((length) => texts('ab*?', length)))
    for (const text of ['', 'a', 'ab', 'ba', 'aab', 'abab', 'bbaa', 'ababa'])
      expect([text, pattern, matchesGlob(text, pattern)]).toEqual([
        text,
        pattern,
        matchesSlowly(text, pattern),
      ]);
});

it('does not try all ways: that would take for ever', () => {
  expect(matchesGlob('a'.repeat(3_000), '*a*a*a*a*a*a*a*a*a*a*b')).toBe(false);
});
