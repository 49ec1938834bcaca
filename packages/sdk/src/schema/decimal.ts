/** An exact decimal: `digits` × 10^-`scale`. */
export interface Decimal {
  readonly digits: bigint;
  /** Number of digits after the point; never negative. */
  readonly scale: number;
}

const pattern = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/;

/** Beyond this a text such as `1e999999` would make a number that fills the memory. */
const maxExponent = 1_000;

/** Reads a number as JSON, or plain text such as a CSV field, writes it. Undefined for anything else. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  if (Math.abs(shift) > maxExponent) return undefined;
  const significant = fraction.replace(/0+$/, '');
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${significant}`);
  const scale = significant.length - shift;
  return scale >= 0 ? trimmed(digits, scale) : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

function trimmed(digits: bigint, scale: number): Decimal {
  let [rest, left] = [digits, scale];
  while (left > 0 && rest % 10n === 0n) {
    rest /= 10n;
    left -= 1;
  }
  return { digits: rest, scale: left };
}

/** The digits at another scale; undefined when digits would be lost. */
export function rescale(value: Decimal, scale: number): bigint | undefined {
  if (value.scale > scale) return undefined;
  return value.digits * 10n ** BigInt(scale - value.scale);
}

/** Negative, zero or positive, as for sorting. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const [left, right] = [rescale(a, scale) ?? 0n, rescale(b, scale) ?? 0n];
  return left < right ? -1 : left > right ? 1 : 0;
}
