import { Decimal } from './decimal.ts';
import { roundedDigits } from './numbers.ts';

/** A positive number with so many digits after the point. */
export function fixedText(value: Decimal, places: number): string {
  const digits = roundedDigits(value, places)
    .toString()
    .padStart(places + 1, '0');
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

export interface Significant {
  readonly digits: string;
  /** Of the first digit, as a power of ten. */
  readonly exponent: number;
}

/** So many significant digits of a positive number. */
export function significantDigits(value: Decimal, count: number): Significant {
  if (value.digits === 0n) return { digits: '0'.repeat(count), exponent: 0 };
  const exponent = value.exponent + value.digits.toString().length - 1;
  const digits = roundedDigits(value, count - 1 - exponent).toString();
  // 9.99 may have become 10.0.
  return digits.length > count
    ? { digits: digits.slice(0, count), exponent: exponent + 1 }
    : { digits, exponent };
}

export function roundedToSignificant(value: Decimal, count: number): Decimal {
  if (value.digits.toString().length <= count) return value;
  const { digits, exponent } = significantDigits(value, count);
  return new Decimal(BigInt(digits), exponent - count + 1);
}
