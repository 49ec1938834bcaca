import { expect, it } from 'vitest';
import { labelOf, shortened } from './refusal.ts';

it.each([
  ['/rows', '/rows'],
  ['/rows?api_key=t0p&x=1', '/rows?api_key=…&x=…'],
  ['https://me:t0p@api.example.com/rows?t0p', 'https://api.example.com/rows?t0p=…'],
])('a label shows no values of a query: %s', (path, label) => {
  expect(labelOf(path)).toBe(label);
});

it('a text is never cut within a word, which may be a secret', () => {
  expect(shortened('short', 5)).toBe('short');
  expect(shortened('key=abcdefgh more', 10)).toBe('key=…');
  expect(shortened('one abcdefgh', 4)).toBe('one …');
  expect(shortened('abcdefghij', 4)).toBe('…');
});
