import { fail } from '../failure.ts';
import { maxValueSize } from '../limits.ts';
import { dictEntries, isDict } from './dict.ts';
import { SetValue } from './set.ts';
import { Tuple, type Value } from './value.ts';

/** What an item takes beside its own size. */
const itemSize = 8;

/**
 * Refuses what would fill the memory when it is written out: a list of a few texts, repeated within a repeated list, is
 * small as long as its parts are shared. Each part is looked at once, however often it stands in the whole.
 */
export function assertSize(value: Value): void {
  if (typeof value === 'object' && value !== null) sizeOf(value, new Map());
}

function sizeOf(value: Value, known: Map<Value, number>): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  const before = known.get(value);
  if (before !== undefined) return before;
  let size = 0;
  for (const item of itemsOf(value)) {
    size += itemSize + sizeOf(item, known);
    if (size > maxValueSize) fail('IterableTooLong', 'the result is too long');
  }
  known.set(value, size);
  return size;
}

function itemsOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value as readonly Value[];
  if (value instanceof Tuple) return value.items;
  if (value instanceof SetValue) return value.values();
  return isDict(value) ? dictEntries(value).flat() : [];
}
