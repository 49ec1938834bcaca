import type { Compiling } from './compiling.ts';
import { Failure, fail } from './failure.ts';
import type { Comparator } from './syntax/node.ts';
import { compare } from './value/compare.ts';
import { itemOf } from './value/sequence.ts';
import { kindOf, type Value } from './value/value.ts';

/** None holds nothing, and is neither more nor less than anything. */
export function compareAbsent(comparator: Comparator, a: Value, b: Value): boolean {
  if (b === null && (comparator === 'in' || comparator === 'not in')) return comparator === 'not in';
  const isOrder = comparator !== 'in' && comparator !== 'not in' && /[<>]/.test(comparator);
  return isOrder && (a === null || b === null) ? false : compare(comparator, a, b);
}

type Reading<K> = (target: Value, key: K) => Value;

/** Reads members; one that is not there fails, or is None. */
export function reading<K>({ absentIsNull }: Compiling, read: Reading<K>): Reading<K> {
  if (!absentIsNull) return read;
  return (target, key) => {
    if (target === null) return null;
    try {
      return read(target, key);
    } catch (error) {
      if (error instanceof Failure && absences.has(error.kind)) return null;
      throw error;
    }
  };
}

/** A list has no members with names. */
export function memberOf(target: Value, key: Value): Value {
  if (typeof key === 'string' && kindOf(target) === 'list')
    fail('KeyError', 'the index of a list must be an int');
  return itemOf(target, key);
}

const absences: ReadonlySet<string> = new Set(['KeyError', 'IndexError', 'AttributeDoesNotExist']);
