import {
  isJsonArray,
  isJsonObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  jsonEquals,
} from '@meltano/foundation/json';
import type { DocumentEdit } from './document-edit.ts';
import type { Keys } from './edit-value.ts';

/**
 * The edits that make one collection of another that differs little from it: only the members that differ are
 * written, the others keep their comments and spelling. Undefined when it has to be written as a whole.
 */
export function collectionEdits(
  keys: Keys,
  before: JsonValue,
  after: JsonValue,
): readonly DocumentEdit[] | undefined {
  if (isJsonObject(before) && isJsonObject(after)) return mapEdits(keys, before, after);
  if (isJsonArray(before) && isJsonArray(after)) return listEdits(keys, before, after);
  return undefined;
}

function mapEdits(keys: Keys, before: JsonObject, after: JsonObject): readonly DocumentEdit[] | undefined {
  const kept = Object.keys(before).filter((key) => Object.hasOwn(after, key));
  if (kept.length === 0) return undefined;
  const sets = Object.entries(after).map(
    ([key, value]): DocumentEdit => ({ kind: 'set', path: [...keys, key], value }),
  );
  const removals = Object.keys(before)
    .filter((key) => !Object.hasOwn(after, key))
    .map((key): DocumentEdit => ({ kind: 'remove', path: [...keys, key] }));
  return [...removals, ...sets];
}

function listEdits(keys: Keys, before: JsonArray, after: JsonArray): readonly DocumentEdit[] | undefined {
  const same = (a: number, b: number) => jsonEquals(before[a] ?? null, after[b] ?? null);
  let head = 0;
  while (head < before.length && head < after.length && same(head, head)) head += 1;
  let tail = 0;
  while (
    tail < Math.min(before.length, after.length) - head &&
    same(before.length - 1 - tail, after.length - 1 - tail)
  )
    tail += 1;
  const removed = before.length - head - tail;
  const added = after.slice(head, after.length - tail);
  if (removed === before.length || (added.length > 0 && tail > 0 && added.length !== removed))
    return undefined;
  if (added.length === removed) {
    return added.map((value, index) => ({ kind: 'set', path: [...keys, head + index], value }));
  }
  const removals = Array.from(
    { length: removed },
    (): DocumentEdit => ({ kind: 'remove', path: [...keys, head] }),
  );
  return [...removals, ...added.map((value): DocumentEdit => ({ kind: 'append', path: keys, value }))];
}
