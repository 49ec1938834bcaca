import { fail } from '../failure.ts';
import { charactersOf, isPlain, lengthOfText } from './characters.ts';
import { type AnyDict, dictEntries, dictGet, dictSize, isDict } from './dict.ts';
import { type Int } from './integer.ts';
import { indexOf } from './numbers.ts';
import { SetValue } from './set.ts';
import { Bytes, kindOf, Slice, Tuple, type Value } from './value.ts';

/** What `container[key]` is. */
export function itemOf(container: Value, key: Value): Value {
  if (isDict(container)) return dictItem(container, key);
  if (key instanceof Slice) return sliceOf(container, key);
  if (typeof container === 'string') return characterAt(container, indexOf(key, 'the index of a text'));
  if (container instanceof Bytes) return at([...container.bytes], key, 'bytes');
  const items = Array.isArray(container)
    ? container
    : container instanceof Tuple
      ? container.items
      : undefined;
  if (items === undefined) fail('TypeError', `a ${kindOf(container)} has no items to choose from`);
  return at(items, key, `a ${kindOf(container)}`);
}

function dictItem(dict: AnyDict, key: Value): Value {
  if (key instanceof Slice) fail('TypeError', 'a dict has no slices');
  const value = dictGet(dict, key);
  if (value !== undefined) return value;
  fail('KeyError', typeof key === 'string' ? 'there is no such key or property' : 'there is no such key');
}

function at(items: readonly Value[], key: Value, of: string): Value {
  const index = indexOf(key, `the index of ${of}`);
  const item = items[index < 0 ? index + items.length : index];
  if (item === undefined) fail('IndexError', 'there are not so many items');
  return item;
}

function characterAt(text: string, index: number): string {
  const characters = isPlain(text) ? text : charactersOf(text);
  const character = characters[index < 0 ? index + characters.length : index];
  if (character === undefined) fail('IndexError', 'the text is not so long');
  return character;
}

function sliceOf(container: Value, slice: Slice): Value {
  if (typeof container === 'string') return sliceText(container, slice);
  if (Array.isArray(container)) return sliceItems(container, slice);
  if (container instanceof Tuple) return new Tuple(sliceItems(container.items, slice));
  if (container instanceof Bytes) return new Bytes(Uint8Array.from(sliceItems([...container.bytes], slice)));
  fail('TypeError', `a ${kindOf(container)} has no slices`);
}

function sliceText(text: string, slice: Slice): string {
  const plain = isPlain(text);
  const { from, to, step } = boundsOf(slice, plain ? text.length : lengthOfText(text));
  if (plain && step === 1) return text.slice(from, Math.max(from, to));
  return sliceItems(charactersOf(text), slice).join('');
}

function sliceItems<T>(items: readonly T[], slice: Slice): T[] {
  const { from, to, step } = boundsOf(slice, items.length);
  if (step === 1) return items.slice(from, Math.max(from, to));
  const taken: T[] = [];
  for (let index = from; step > 0 ? index < to : index > to; index += step) {
    const item = items[index];
    if (item !== undefined) taken.push(item);
  }
  return taken;
}

interface Bounds {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Negative positions count from the end; what lies outside is moved to the edge. */
export function boundsOf(slice: Slice, length: number): Bounds {
  const step = slice.step === null ? 1 : indexOf(slice.step, 'a slice');
  if (step === 0) fail('ValueError', 'a slice cannot have the step zero');
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const bound = (value: Value, otherwise: number) => {
    if (value === null) return otherwise;
    const index = indexOf(value, 'a slice');
    return Math.max(low, Math.min(high, index < 0 ? index + length : index));
  };
  return { from: bound(slice.from, step > 0 ? low : high), to: bound(slice.to, step > 0 ? high : low), step };
}

/** The items that `for` goes through: characters of a text, keys of a dict. */
export function iterate(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return charactersOf(value);
  if (value instanceof Tuple) return value.items;
  if (value instanceof SetValue) return value.values();
  if (value instanceof Bytes) return [...value.bytes];
  if (isDict(value)) return dictEntries(value).map(([key]) => key);
  fail('TypeError', `a ${kindOf(value)} has no items to go through`);
}

/** Undefined for what has no length. */
export function lengthOf(value: Value): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'string') return lengthOfText(value);
  if (value instanceof Tuple) return value.items.length;
  if (value instanceof SetValue) return value.items.size;
  if (value instanceof Bytes) return value.bytes.length;
  return isDict(value) ? dictSize(value) : undefined;
}

/** `a + b` of two sequences of one type. */
export function joined(a: Value, b: Value, limit: number): Value | undefined {
  const length = (lengthOf(a) ?? Number.NaN) + (lengthOf(b) ?? Number.NaN);
  if (length > limit) fail('IterableTooLong', 'the result is too long');
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (a instanceof Tuple && b instanceof Tuple) return new Tuple([...a.items, ...b.items]);
  if (a instanceof Bytes && b instanceof Bytes) return new Bytes(Uint8Array.from([...a.bytes, ...b.bytes]));
  return undefined;
}

/** `sequence * count`. */
export function repeated(sequence: Value, count: Int, limit: number): Value | undefined {
  const length = lengthOf(sequence);
  if (length === undefined) return undefined;
  if (Number(count) * length > limit) fail('IterableTooLong', 'the result is too long');
  const times = length === 0 ? 0 : Math.max(0, Number(count));
  if (typeof sequence === 'string') return sequence.repeat(times);
  if (Array.isArray(sequence)) return repeatedItems(sequence, times);
  if (sequence instanceof Tuple) return new Tuple(repeatedItems(sequence.items, times));
  if (sequence instanceof Bytes) return new Bytes(Uint8Array.from(repeatedItems([...sequence.bytes], times)));
  return undefined;
}

function repeatedItems<T>(items: readonly T[], times: number): T[] {
  const all: T[] = [];
  for (let left = times; left > 0; left -= 1) all.push(...items);
  return all;
}
