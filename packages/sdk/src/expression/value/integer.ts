import { fail } from '../failure.ts';
import { maxNumberBits } from '../limits.ts';

/** Python's `int`: a safe integer is a number, any other a bigint. */
export type Int = number | bigint;

/** The smaller of both shapes. Refuses what would fill the memory. */
export function narrow(value: bigint): Int {
  if (value >= -9_007_199_254_740_991n && value <= 9_007_199_254_740_991n) return Number(value);
  if (value > limit() || value < -limit()) fail('NumberTooHigh', 'the result has too many digits');
  return value;
}

let largest: bigint | undefined;

function limit(): bigint {
  largest ??= 1n << BigInt(maxNumberBits);
  return largest;
}

export function addInts(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return narrow(BigInt(a) + BigInt(b));
}

export function subtractInts(a: Int, b: Int): Int {
  return addInts(a, negateInt(b));
}

export function negateInt(a: Int): Int {
  // Minus zero is no int.
  return typeof a === 'number' ? 0 - a : narrow(-a);
}

export function multiplyInts(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return narrow(BigInt(a) * BigInt(b));
}

/** The quotient rounded down and the rest, which has the sign of the divisor. */
export function divideInts(a: Int, b: Int): { readonly quotient: Int; readonly rest: Int } {
  if (b === 0) fail('ZeroDivisionError', 'division by zero');
  const [top, bottom] = [BigInt(a), BigInt(b)];
  const cut = top / bottom;
  const left = top % bottom;
  const low = left !== 0n && left < 0n !== bottom < 0n;
  return { quotient: narrow(low ? cut - 1n : cut), rest: narrow(low ? left + bottom : left) };
}

export function remainderOfInts(a: Int, b: Int): Int {
  if (typeof a !== 'number' || typeof b !== 'number' || b === 0) return divideInts(a, b).rest;
  const rest = a % b;
  return (rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest) + 0;
}

/** `a / b` as the nearest double. */
export function quotientOfInts(a: Int, b: Int): number {
  if (b === 0) fail('ZeroDivisionError', 'division by zero');
  if (typeof a === 'number' && typeof b === 'number') return a / b;
  const [top, bottom] = [BigInt(a), BigInt(b)];
  const negative = top < 0n !== bottom < 0n;
  const [x, y] = [top < 0n ? -top : top, bottom < 0n ? -bottom : bottom];
  // Enough bits that the last rounding is the only one; the lowest says whether any are left.
  const shift = 70 - (bitLength(x) - bitLength(y));
  const [up, down] = shift >= 0 ? [x << BigInt(shift), y] : [x, y << BigInt(-shift)];
  const scaled = (up / down) | (up % down === 0n ? 0n : 1n);
  const value = scaleByPowerOfTwo(Number(scaled), -shift);
  if (!Number.isFinite(value)) fail('OverflowError', 'the result is too large for a float');
  return negative ? -value : value;
}

function scaleByPowerOfTwo(value: number, power: number): number {
  let result = value;
  for (let left = power; left !== 0; ) {
    const step = Math.max(-1000, Math.min(1000, left));
    result *= 2 ** step;
    left -= step;
  }
  return result;
}

export function bitLength(value: bigint): number {
  const text = value.toString(16).replace('-', '');
  return text === '0' ? 0 : (text.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(text.charAt(0), 16)));
}

/** Throws for an int that no double is near to. */
export function intToNumber(value: Int): number {
  const number = Number(value);
  if (!Number.isFinite(number)) fail('OverflowError', 'this int is too large for a float');
  return number;
}
