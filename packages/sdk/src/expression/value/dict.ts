import { ExactNumber, type JsonObject } from '@meltano/foundation/json';
import { setMember } from '../../schema/member.ts';
import { fail } from '../failure.ts';
import { keyOf } from './equality.ts';
import { Boxed, type Value } from './value.ts';

/** A dict that an expression made: unlike an object of JSON, its keys may be of any type. */
export class Dict extends Boxed {
  readonly kind = 'dict';
  readonly entries = new Map<string, readonly [Value, Value]>();

  set(key: Value, value: Value): void {
    const id = keyOf(key);
    // As in Python the first of equal keys stays.
    this.entries.set(id, [this.entries.get(id)?.[0] ?? key, value]);
  }
}

export type AnyDict = Dict | JsonObject;

export function isDict(value: Value): value is AnyDict {
  return (
    value instanceof Dict ||
    (typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      !(value instanceof Boxed) &&
      !(value instanceof ExactNumber))
  );
}

export function dictOf(entries: Iterable<readonly [Value, Value]>): Dict {
  const dict = new Dict();
  for (const [key, value] of entries) dict.set(key, value);
  return dict;
}

export function dictGet(dict: AnyDict, key: Value): Value | undefined {
  if (dict instanceof Dict) return dict.entries.get(keyOf(key))?.[1];
  if (typeof key === 'string') return Object.hasOwn(dict, key) ? (dict[key] as Value) : undefined;
  keyOf(key);
  return undefined;
}

export function dictEntries(dict: AnyDict): readonly (readonly [Value, Value])[] {
  return dict instanceof Dict ? [...dict.entries.values()] : (Object.entries(dict) as [string, Value][]);
}

export function dictSize(dict: AnyDict): number {
  return dict instanceof Dict ? dict.entries.size : Object.keys(dict).length;
}

/** Changes an object of JSON, too: who lets an expression change records hands it copies. */
export function dictSet(dict: AnyDict, key: Value, value: Value): void {
  if (dict instanceof Dict) return dict.set(key, value);
  if (typeof key !== 'string') fail('TypeError', 'the keys of a record are texts');
  setMember(dict as Record<string, unknown>, key, value);
}

export function dictDelete(dict: AnyDict, key: Value): void {
  if (dict instanceof Dict) dict.entries.delete(keyOf(key));
  else if (typeof key === 'string') delete (dict as Record<string, unknown>)[key];
}
