import { describe, expect, it } from 'vitest';
import { likeness, nearNames } from './near-names.ts';

describe('nearNames', () => {
  it.each([
    // Answers of Python's difflib.SequenceMatcher(None, a, b).ratio().
    ['tap-postgres', 'tap-postgrse', 0.9166666666666666],
    ['abcd', 'bcde', 0.75],
    ['', '', 1],
    ['abc', 'xyz', 0],
    ['tap-csv', 'target-csv', 0.7058823529411765],
  ])('likeness of %s and %s is %d', (a, b, ratio) => {
    expect(likeness(a, b)).toBeCloseTo(ratio, 12);
  });

  it('answers the best first and leaves out what is unlike', () => {
    expect(nearNames('tap-postgrse', ['tap-mysql', 'tap-postgres', 'dbt', 'tap-postgres-x'])).toEqual([
      'tap-postgres',
      'tap-postgres-x',
    ]);
    expect(nearNames('zzz', ['tap-mysql'])).toEqual([]);
  });
});
