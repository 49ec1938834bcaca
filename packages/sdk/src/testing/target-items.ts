import { type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import type { RecordItem } from '../connector.ts';

export const nullable = (type: string, more: JsonObject = {}): JsonObject => ({
  type: [type, 'null'],
  ...more,
});

export function schema(stream: string, properties: JsonObject, keys: readonly string[] = ['id']): RecordItem {
  return { kind: 'schema', stream, schema: { type: 'object', properties }, keyProperties: keys };
}

export function records(stream: string, ...rows: readonly JsonObject[]): RecordItem {
  return { kind: 'records', stream, records: rows, bytes: stringifyJson(rows).length };
}

export const state = (value: JsonValue): RecordItem => ({ kind: 'state', value });

/** Properties of a stream. */
export const users: JsonObject = { id: { type: ['integer'] }, name: nullable('string') };
