import { fail } from '../failure.ts';
import type { Comparator } from '../syntax/node.ts';
import { dictEntries, dictGet, dictSize, isDict } from './dict.ts';
import { compareValues } from './equality.ts';
import { numberOf } from './numbers.ts';
import { SetValue } from './set.ts';
import { Bytes, kindOf, Tuple, type Value } from './value.ts';

type Order = '<' | '<=' | '>' | '>=';

/** What `a comparator b` says. */
export function compare(comparator: Comparator, a: Value, b: Value): boolean {
  switch (comparator) {
    case '==':
      return isEqual(a, b);
    case '!=':
      return !isEqual(a, b);
    case 'in':
      return isIn(a, b);
    case 'not in':
      return !isIn(a, b);
    case 'is':
      return isSame(a, b);
    case 'is not':
      return !isSame(a, b);
    default:
      return isOrdered(comparator, a, b);
  }
}

export function isEqual(a: Value, b: Value): boolean {
  if (a === b) return !Number.isNaN(a);
  if (Array.isArray(a)) return Array.isArray(b) && areEqual(a, b);
  if (a instanceof Tuple) return b instanceof Tuple && areEqual(a.items, b.items);
  if (a instanceof SetValue)
    return b instanceof SetValue && a.items.size === b.items.size && a.values().every((item) => b.has(item));
  if (isDict(a)) return isDict(b) && dictsAreEqual(a, b);
  const order = compareValues(a, b);
  return order === 0;
}

function areEqual(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, at) => isEqual(item, b[at] ?? null));
}

function dictsAreEqual(a: Value, b: Value): boolean {
  if (!isDict(a) || !isDict(b) || dictSize(a) !== dictSize(b)) return false;
  return dictEntries(a).every(([key, value]) => {
    const other = dictGet(b, key);
    return other !== undefined && isEqual(value, other);
  });
}

/** Small ints, texts and constants are the same when they are equal; of others each is its own. */
function isSame(a: Value, b: Value): boolean {
  if (kindOf(a) !== kindOf(b)) return false;
  return a === b || (kindOf(a) === 'int' && isEqual(a, b));
}

function isOrdered(order: Order, a: Value, b: Value): boolean {
  const items = bothSequences(a, b);
  if (items !== undefined) return sequencesAreOrdered(order, ...items);
  if (a instanceof SetValue && b instanceof SetValue) return setsAreOrdered(order, a, b);
  return holds(order, compareValues(a, b) ?? unordered(a, b));
}

function holds(order: Order, difference: number): boolean {
  switch (order) {
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
  }
}

function unordered(a: Value, b: Value): never {
  fail('TypeError', `a ${kindOf(a)} and a ${kindOf(b)} have no order`);
}

function bothSequences(a: Value, b: Value): readonly [readonly Value[], readonly Value[]] | undefined {
  if (Array.isArray(a) && Array.isArray(b)) return [a, b];
  return a instanceof Tuple && b instanceof Tuple ? [a.items, b.items] : undefined;
}

/** The first items that differ decide. */
function sequencesAreOrdered(order: Order, a: readonly Value[], b: readonly Value[]): boolean {
  const at = a.findIndex((item, index) => !isEqual(item, b[index] ?? null) || index >= b.length);
  const [left, right] = [a[at], b[at]];
  if (at === -1 || left === undefined || right === undefined) return holds(order, a.length - b.length);
  return isOrdered(order, left, right);
}

function setsAreOrdered(order: Order, a: SetValue, b: SetValue): boolean {
  const [small, large] = order.startsWith('<') ? [a, b] : [b, a];
  const within = small.values().every((item) => large.has(item));
  return within && (order.length === 2 || small.items.size < large.items.size);
}

/** Whether a container holds an item, a text a part, a dict a key. */
function isIn(item: Value, container: Value): boolean {
  if (typeof container === 'string') {
    if (typeof item !== 'string') fail('TypeError', `a text holds texts, not a ${kindOf(item)}`);
    return container.includes(item);
  }
  if (Array.isArray(container)) return container.some((each) => each === item || isEqual(each, item));
  if (container instanceof Tuple) return container.items.some((each) => each === item || isEqual(each, item));
  if (container instanceof SetValue) return container.has(item);
  if (isDict(container)) return dictGet(container, item) !== undefined;
  if (container instanceof Bytes) return bytesHold(container, item);
  fail('TypeError', `a ${kindOf(container)} holds nothing that could be looked for`);
}

function bytesHold({ bytes }: Bytes, item: Value): boolean {
  if (item instanceof Bytes) return latin(bytes).includes(latin(item.bytes));
  const number = numberOf(item);
  return number?.type === 'int' && bytes.includes(Number(number.value));
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Python's idea of true: not zero, not empty, not None. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (value === null || value === '') return false;
  if (typeof value === 'string') return true;
  const number = numberOf(value);
  if (number !== undefined)
    return number.type === 'Decimal' ? number.value.digits !== 0n : number.value !== 0;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Tuple) return value.items.length > 0;
  if (value instanceof SetValue) return value.items.size > 0;
  if (value instanceof Bytes) return value.bytes.length > 0;
  if (isDict(value)) return dictSize(value) > 0;
  return !(value instanceof Object && 'isZero' in value && value.isZero === true);
}
