import { ExactNumber } from '@meltano/foundation/json';
import { fail } from '../failure.ts';
import {
  aligned,
  canonicalDecimal,
  compareToDecimal,
  Decimal,
  decimalOfInt,
  decimalOfNumber,
} from './decimal.ts';
import { type Int, narrow } from './integer.ts';
import { Float, type Value } from './value.ts';

/** A number as one of three: a double for `float`, a `Decimal`, or an int. */
export type NumberOf =
  | { readonly type: 'int'; readonly value: Int }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'Decimal'; readonly value: Decimal };

/** Undefined for what is no number. Booleans are ints. */
export function numberOf(value: Value): NumberOf | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value)
        ? { type: 'int', value: Number.isSafeInteger(value) ? value + 0 : BigInt(value) }
        : { type: 'Decimal', value: decimalOfText(String(value)) };
    case 'bigint':
      return { type: 'int', value };
    case 'boolean':
      return { type: 'int', value: value ? 1 : 0 };
    default:
      if (value instanceof Float) return { type: 'float', value: value.value };
      if (value instanceof Decimal) return { type: 'Decimal', value };
      return value instanceof ExactNumber ? numberOfExact(value) : undefined;
  }
}

function numberOfExact({ text }: ExactNumber): NumberOf {
  return /[.eE]/.test(text)
    ? { type: 'Decimal', value: decimalOfText(text) }
    : { type: 'int', value: narrow(BigInt(text)) };
}

function decimalOfText(text: string): Decimal {
  return Decimal.parse(text) ?? fail('NumberTooHigh', 'this number is too large to compute with');
}

export function intOf(value: Value): Int | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  const number = numberOf(value);
  return number?.type === 'int' ? number.value : undefined;
}

/** An int that counts or indexes something; beyond 2^53 it is cut to that. */
export function indexOf(value: Value, of: string): number {
  const int = intOf(value);
  if (int === undefined) fail('TypeError', `${of} must be an int`);
  if (typeof int === 'number') return int;
  return int < 0n ? -Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
}

export function toDecimal(number: NumberOf): Decimal {
  switch (number.type) {
    case 'int':
      return decimalOfInt(BigInt(number.value));
    case 'Decimal':
      return number.value;
    case 'float':
      return decimalOfNumber(number.value);
  }
}

export function toDouble(number: NumberOf): number {
  return number.type === 'Decimal' ? number.value.toNumber() : Number(number.value);
}

/** Negative, zero, positive; NaN when one of them is none. Exact, whatever the types. */
export function compareNumbers(a: NumberOf, b: NumberOf): number {
  if (a.type !== 'Decimal' && b.type !== 'Decimal')
    return a.value < b.value
      ? -1
      : a.value > b.value
        ? 1
        : Number.isNaN(a.value) || Number.isNaN(b.value)
          ? Number.NaN
          : 0;
  for (const [side, sign] of [
    [a, 1],
    [b, -1],
  ] as const) {
    if (side.type === 'float' && !Number.isFinite(side.value))
      return Number.isNaN(side.value) ? Number.NaN : side.value > 0 ? sign : -sign;
  }
  return compareToDecimal(toDecimal(a), toDecimal(b));
}

/** One text for numbers that are equal, whatever their types. */
export function numberKey(number: NumberOf): string {
  if (number.type === 'int') return canonicalDecimal(decimalOfInt(BigInt(number.value)));
  if (number.type === 'float' && !Number.isFinite(number.value)) return String(number.value);
  return canonicalDecimal(toDecimal(number));
}

/** Rounds a number to a multiple of 10^-`places`, half to even; the digits without a point. */
export function roundedDigits(value: Decimal, places: number): bigint {
  const [digits, unit] = aligned(value, new Decimal(1n, -places));
  const quotient = digits / unit;
  const rest = digits % unit;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const up = twice > unit || (twice === unit && quotient % 2n !== 0n);
  return up ? quotient + (digits < 0n ? -1n : 1n) : quotient;
}
