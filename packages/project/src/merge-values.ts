import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';

/** Merges mappings as Meltano merges included files: maps recursively, lists one after the other, else the later value. */
export function mergeValues(values: readonly JsonObject[]): JsonObject {
  return values.reduce((merged, value) => mergeTwo(merged, value), {});
}

function mergeTwo(first: JsonObject, second: JsonObject): JsonObject {
  const merged = new Map<string, JsonValue>(Object.entries(first));
  for (const [key, value] of Object.entries(second)) {
    const before = merged.get(key);
    merged.set(key, before === undefined ? value : mergeMember(before, value));
  }
  return Object.fromEntries(merged);
}

function mergeMember(before: JsonValue, value: JsonValue): JsonValue {
  if (isJsonObject(before) && isJsonObject(value)) return mergeTwo(before, value);
  if (isJsonArray(before) && isJsonArray(value)) return [...before, ...value];
  return value;
}
