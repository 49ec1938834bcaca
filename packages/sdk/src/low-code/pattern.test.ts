import { expect, test } from 'vitest';
import { compilePattern } from './pattern.ts';

test.each([
  ['v(\\d+)', 'api v12', '12'],
  ['(?P<year>\\d{4})-\\d\\d', 'on 2024-05', '2024'],
  ['\\d+', 'a 7 b', '7'],
  ['(x)|y', 'y', 'y'],
  ['z', 'abc', undefined],
  ['^(?i)rate', 'Rate limit', 'Rate'],
])('%s in %s finds %s', (pattern, text, found) => {
  expect(compilePattern(pattern).find(text)).toBe(found);
  expect(compilePattern(pattern).test(text)).toBe(found !== undefined);
});

test('takes no more time for a pattern that would go back and forth', () => {
  expect(compilePattern('^(a+)+$').test(`${'a'.repeat(50_000)}!`)).toBe(false);
});

test.each(['(', '[a', '(?=ahead)', '(a)\\1'])('%s is none', (pattern) => {
  expect(() => compilePattern(pattern)).toThrow(Error);
});
