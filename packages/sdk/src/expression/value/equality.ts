import { fail } from '../failure.ts';
import { compareNumbers, numberKey, numberOf } from './numbers.ts';
import { Boxed, Bytes, kindOf, Tuple, type Value } from './value.ts';

/** Values of time, which know how they compare. */
export interface Comparable {
  readonly kind: string;
  /** Undefined when the two cannot be compared. */
  compare(other: Value): number | undefined;
  key(): string;
}

export function isComparable(value: Value): value is Value & Boxed & Comparable {
  return value instanceof Boxed && 'compare' in value;
}

/** One text for all values that are equal, for dicts and sets. Refuses what may change. */
export function keyOf(value: Value): string {
  if (typeof value === 'string') return `s${value}`;
  if (value === null) return 'None';
  const number = numberOf(value);
  if (number !== undefined) return `n${numberKey(number)}`;
  if (value instanceof Tuple) return `t${JSON.stringify(value.items.map(keyOf))}`;
  if (value instanceof Bytes) return `b${value.bytes.join()}`;
  if (isComparable(value)) return `${value.kind}${value.key()}`;
  return fail('TypeError', `a ${kindOf(value)} cannot be a key or an item of a set`);
}

/** Negative, zero, positive; NaN when nothing is true of them; undefined when they have no order. */
export function compareValues(a: Value, b: Value): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) return compareNumbers(left, right);
  if (a instanceof Bytes && b instanceof Bytes) return compareByCodes(a.bytes, b.bytes);
  return isComparable(a) ? a.compare(b) : undefined;
}

/** By code points: what lies beyond U+FFFF comes last, although its surrogates do not. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const surrogate = /[\ud800-\udfff]/;
  if (!surrogate.test(a) && !surrogate.test(b)) return a < b ? -1 : 1;
  return compareByCodes(codesOf(a), codesOf(b));
}

function codesOf(text: string): readonly number[] {
  return Array.from(text, (char) => char.codePointAt(0) ?? 0);
}

function compareByCodes(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
