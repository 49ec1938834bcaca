import { expect, test } from 'vitest';
import { createStateBudget } from './state-budget.ts';

test('a short state may be sent at any time', () => {
  const budget = createStateBudget(0);
  expect([budget.affords(1_000, 0), budget.affords(1_000, 0)]).toEqual([true, true]);
});

test('a long one needs ten times its length in records, each time anew', () => {
  const budget = createStateBudget(0);
  budget.spend(9_999_999);
  expect(budget.affords(1_000_000, 0)).toBe(false);
  budget.spend(1);
  expect([budget.affords(1_000_000, 0), budget.affords(1_000_000, 0)]).toEqual([true, false]);
});

test('or time: a millisecond for 50 bytes, at most five minutes, however little is read', () => {
  const budget = createStateBudget(1_000);
  expect(budget.affords(1_000_000, 20_999)).toBe(false);
  expect(budget.affords(1_000_000, 21_000)).toBe(true);
  expect(budget.affords(1_000_000, 21_001)).toBe(false);
  expect(budget.affords(100_000_000, 320_999)).toBe(false);
  expect(budget.affords(100_000_000, 321_000)).toBe(true);
});
