import { ExactNumber, type JsonObject, type JsonValue } from '@meltano/foundation/json';

/** Approximate length of a record as Singer text, cheap enough to ask for every record. */
export function recordSize(record: JsonObject): number {
  let size = 2;
  for (const name in record) size += name.length + 4 + valueSize(record[name] ?? null);
  return size;
}

function valueSize(value: JsonValue): number {
  if (typeof value === 'string') return value.length + 2;
  if (value === null || typeof value !== 'object') return 6;
  if (value instanceof ExactNumber) return value.text.length;
  if (!Array.isArray(value)) return recordSize(value as JsonObject);
  let size = 2;
  for (const item of value as readonly JsonValue[]) size += valueSize(item) + 1;
  return size;
}
