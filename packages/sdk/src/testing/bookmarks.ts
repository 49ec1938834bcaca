import assert from 'node:assert/strict';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonEquals,
  stringifyJson,
} from '@meltano/foundation/json';
import type { RecordItem } from '../connector.ts';
import { compareOrdinals, type Ordinal, replicationOrder } from '../tap/replication-value.ts';
import type { StreamOutput } from './tap-output.ts';

/** Throws when a bookmark of a later state lies before that of an earlier one (Invariant 2). */
export function assertNeverBack(
  items: readonly RecordItem[],
  streams: ReadonlyMap<string, Pick<StreamOutput, 'schema'>>,
): void {
  const reached = new Map<string, { readonly value: JsonValue; readonly ordinal: Ordinal }>();
  for (const item of items) {
    if (item.kind !== 'state') continue;
    for (const { stream, place, key, value } of bookmarksIn(item.value)) {
      const schema = streams.get(stream)?.schema.schema;
      const ordinal = schema === undefined ? undefined : replicationOrder(schema, key).parse(value);
      if (ordinal === undefined) continue;
      const before = reached.get(place);
      assert.ok(
        before === undefined || compareOrdinals(ordinal, before.ordinal) >= 0,
        `the bookmark of ${stream} goes back from ${stringifyJson(before?.value ?? null)} to ${stringifyJson(value)}`,
      );
      reached.set(place, { value, ordinal });
    }
  }
}

/** All bookmarks of a state that hold a value, those of partitions too. */
function bookmarksIn(state: JsonValue) {
  const bookmarks = isJsonObject(state) ? state['bookmarks'] : undefined;
  return Object.entries(isJsonObject(bookmarks) ? bookmarks : {}).flatMap(([stream, bookmark]) => {
    if (!isJsonObject(bookmark)) return [];
    const { partitions } = bookmark;
    const all = [bookmark, ...(partitions !== undefined && isJsonArray(partitions) ? partitions : [])];
    return all.filter(isJsonObject).flatMap((each) => {
      const { replication_key: key, replication_key_value: value = null } = each;
      const place = stringifyJson([stream, each['context'] ?? null]);
      return typeof key === 'string' && value !== null ? [{ stream, place, key, value }] : [];
    });
  });
}

/** The bookmark of a stream in a state. */
export function bookmarkIn(state: JsonValue | undefined, stream: string): JsonObject | undefined {
  const bookmarks = isJsonObject(state) ? state['bookmarks'] : undefined;
  const bookmark = isJsonObject(bookmarks) ? bookmarks[stream] : undefined;
  return isJsonObject(bookmark) ? bookmark : undefined;
}

/** The bookmark of the record's partition, told by the members of the context that the record has, or the stream's own. */
export function bookmarkOfRecord(bookmark: JsonObject, record: JsonObject): JsonObject | undefined {
  const { partitions } = bookmark;
  if (partitions === undefined || !isJsonArray(partitions)) return bookmark;
  return partitions
    .filter(isJsonObject)
    .find(({ context }) =>
      Object.entries(isJsonObject(context) ? context : {}).every(
        ([name, value]) => record[name] === undefined || jsonEquals(record[name], value),
      ),
    );
}
