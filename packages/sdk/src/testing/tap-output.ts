import { isJsonObject, type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import type { RecordItem, SchemaItem } from '../connector.ts';

/** What one stream sent, for checks to look at. */
export interface StreamOutput {
  readonly schema: SchemaItem;
  readonly records: readonly JsonObject[];
}

/** Throws when records come without a schema before them. */
export function outputByStream(items: readonly RecordItem[]): ReadonlyMap<string, StreamOutput> {
  const streams = new Map<string, { schema: SchemaItem; records: JsonObject[] }>();
  for (const item of items) {
    if (item.kind === 'schema')
      streams.set(item.stream, { schema: item, records: streams.get(item.stream)?.records ?? [] });
    if (item.kind !== 'records') continue;
    const stream = streams.get(item.stream);
    if (stream === undefined) throw new Error(`stream ${item.stream} sends records before its schema`);
    for (const record of item.records) stream.records.push(record);
  }
  return streams;
}

export function lastState(items: readonly RecordItem[]): JsonValue | undefined {
  const item = items.findLast((each) => each.kind === 'state');
  return item?.kind === 'state' ? item.value : undefined;
}

/** A text that is the same for equal records, by their key where they have one. */
export function identify(record: JsonObject, keys: readonly string[]): string {
  return stringifyJson(keys.length === 0 ? record : keys.map((key) => record[key] ?? null));
}

export function propertiesOf(schema: JsonObject): Readonly<Record<string, JsonValue>> {
  return isJsonObject(schema['properties']) ? schema['properties'] : {};
}
