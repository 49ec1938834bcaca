import { fail } from '../failure.ts';

export function quotientOfDoubles(a: number, b: number): number {
  if (b === 0) fail('ZeroDivisionError', 'division by zero');
  return a / b;
}

/** The rest has the sign of the divisor. */
export function remainderOfDoubles(a: number, b: number): number {
  if (b === 0) fail('ZeroDivisionError', 'division by zero');
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

/** The quotient, rounded down so that it fits the rest. */
export function divideDoubles(a: number, b: number): number {
  if (b === 0) fail('ZeroDivisionError', 'division by zero');
  const rest = a % b;
  const cut = (a - rest) / b;
  const quotient = rest !== 0 && rest < 0 !== b < 0 ? cut - 1 : cut;
  if (quotient === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0;
  const low = Math.floor(quotient);
  return quotient - low > 0.5 ? low + 1 : low;
}

export function powerOfDoubles(a: number, b: number): number {
  if (a === 0 && b < 0) fail('ZeroDivisionError', 'zero has no negative power');
  if (a < 0 && Number.isFinite(a) && Number.isFinite(b) && !Number.isInteger(b))
    fail('ValueError', 'the result would be a complex number');
  // In Python 1 to any power is 1, and so is (-1) to an infinite one.
  if (a === 1 || (a === -1 && !Number.isFinite(b) && !Number.isNaN(b))) return 1;
  const result = a ** b;
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b))
    fail('OverflowError', 'the result is too large for a float');
  return result;
}
