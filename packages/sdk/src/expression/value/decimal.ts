import { fail } from '../failure.ts';
import { Boxed } from './value.ts';

/** Digits that an operation keeps, as in Python's default context. */
const precision = 28;

/** Python's `Decimal`: `digits` × 10^`exponent`. `1.50` and `1.5` are equal, and each keeps its own digits. */
export class Decimal extends Boxed {
  readonly kind = 'Decimal';
  readonly digits: bigint;
  readonly exponent: number;

  constructor(digits: bigint, exponent: number) {
    super();
    this.digits = digits;
    this.exponent = exponent;
  }

  /** Reads a number as JSON writes it. */
  static parse(text: string): Decimal | undefined {
    const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([-+]?\d{1,6}))?$/.exec(text);
    if (match === null) return undefined;
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
    return new Decimal(
      BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`),
      Number(exponent) - fraction.length,
    );
  }

  /** The text of Python's `str`; valid in JSON, too. */
  override toString(): string {
    const sign = this.digits < 0n ? '-' : '';
    const digits = magnitude(this.digits).toString();
    const { exponent } = this;
    const left = exponent + digits.length;
    const point = exponent <= 0 && left > -6 ? left : 1;
    const scientific = left === point ? '' : `E${left > point ? '+' : ''}${left - point}`;
    if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}${scientific}`;
    const whole = digits.slice(0, point).padEnd(point, '0');
    const fraction = digits.slice(point);
    return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}${scientific}`;
  }

  toNumber(): number {
    return Number(`${this.digits}e${this.exponent}`);
  }

  /** The whole part, cut towards zero. */
  truncated(): bigint {
    const { digits, exponent } = this;
    return exponent >= 0 ? digits * tenTo(exponent) : digits / tenTo(-exponent);
  }
}

export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Beyond this a number such as `1e999999` would fill the memory. */
const maxShift = 10_000;

export function tenTo(exponent: number): bigint {
  if (exponent > maxShift) fail('NumberTooHigh', 'this number is too large to compute with');
  return 10n ** BigInt(exponent);
}

export function decimalOfInt(value: bigint): Decimal {
  return new Decimal(value, 0);
}

/** At most so many digits, rounded half to even. */
function fixed({ digits, exponent }: Decimal): Decimal {
  const surplus = magnitude(digits).toString().length - precision;
  if (surplus <= 0) return new Decimal(digits, exponent);
  return fixed(new Decimal(roundedQuotient(digits, tenTo(surplus)), exponent + surplus));
}

/** `a / b`, rounded half to even. */
export function roundedQuotient(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  const twice = magnitude(a % b) * 2n;
  const size = magnitude(b);
  const up = twice > size || (twice === size && quotient % 2n !== 0n);
  if (!up) return quotient;
  return a < 0n !== b < 0n ? quotient - 1n : quotient + 1n;
}

/** Both numbers with the smaller exponent of the two. */
export function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [a.digits * tenTo(a.exponent - exponent), b.digits * tenTo(b.exponent - exponent), exponent];
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const [left, right, exponent] = aligned(a, b);
  return fixed(new Decimal(left + right, exponent));
}

export function negateDecimal(a: Decimal): Decimal {
  return fixed(new Decimal(-a.digits, a.exponent));
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return fixed(new Decimal(a.digits * b.digits, a.exponent + b.exponent));
}

export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.digits === 0n) fail('ZeroDivisionError', 'division by zero');
  const ideal = a.exponent - b.exponent;
  if (a.digits === 0n) return new Decimal(0n, ideal);
  const shift = lengthOf(b.digits) - lengthOf(a.digits) + precision + 1;
  const [top, bottom] =
    shift >= 0 ? [a.digits * tenTo(shift), b.digits] : [a.digits, b.digits * tenTo(-shift)];
  let quotient = top / bottom;
  let exponent = ideal - shift;
  if (top % bottom !== 0n) {
    // A digit that says that more follow, so that rounding does not take it for the middle.
    if (quotient % 5n === 0n) quotient += quotient < 0n || top < 0n !== bottom < 0n ? -1n : 1n;
  } else {
    while (exponent < ideal && quotient % 10n === 0n) {
      quotient /= 10n;
      exponent += 1;
    }
  }
  return fixed(new Decimal(quotient, exponent));
}

function lengthOf(digits: bigint): number {
  return magnitude(digits).toString().length;
}

/** Cut towards zero, unlike `//` of other numbers. */
export function floorDivideDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.digits === 0n) fail('ZeroDivisionError', 'division by zero');
  const [left, right] = aligned(a, b);
  return new Decimal(left / right, 0);
}

/** The rest has the sign of the first number. */
export function remainderOfDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.digits === 0n) fail('ZeroDivisionError', 'division by zero');
  const [left, right, exponent] = aligned(a, b);
  return fixed(new Decimal(left % right, exponent));
}

export function powerOfDecimal(a: Decimal, power: bigint): Decimal {
  const positive = powerOf(a, magnitude(power));
  return power < 0n ? divideDecimals(decimalOfInt(1n), positive) : fixed(positive);
}

/** Exact where it is short; guarded by extra digits where it is not. */
function powerOf(a: Decimal, power: bigint): Decimal {
  let result = decimalOfInt(1n);
  for (const bit of power.toString(2)) {
    result = guarded(new Decimal(result.digits * result.digits, result.exponent * 2));
    if (bit === '1') result = guarded(new Decimal(result.digits * a.digits, result.exponent + a.exponent));
  }
  return result;
}

function guarded(value: Decimal): Decimal {
  const surplus = lengthOf(value.digits) - 3 * precision;
  return surplus <= 0
    ? value
    : new Decimal(roundedQuotient(value.digits, tenTo(surplus)), value.exponent + surplus);
}

export function compareToDecimal(a: Decimal, b: Decimal): number {
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The exact value of a double. */
export function decimalOfNumber(value: number): Decimal {
  if (Number.isNaN(value)) fail('ValueError', 'nan has no value');
  if (!Number.isFinite(value)) fail('OverflowError', 'an infinite float has no exact value');
  if (Number.isInteger(value)) return decimalOfInt(BigInt(value));
  let exponent = 0;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    exponent -= 1;
  }
  // x / 2^n = x × 5^n / 10^n
  return new Decimal(BigInt(scaled) * 5n ** BigInt(-exponent), exponent);
}

/** One spelling for equal numbers. */
export function canonicalDecimal({ digits, exponent }: Decimal): string {
  if (digits === 0n) return '0';
  const text = digits.toString();
  const significant = text.replace(/0+$/, '');
  return `${significant}e${exponent + text.length - significant.length}`;
}
