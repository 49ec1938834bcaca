import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';

/**
 * Lays one state over another: objects are merged at every depth, everything else is replaced, nothing is
 * removed. Both stay as they are; keys keep the order of `into`, new ones come last. Source:
 * meltano-runtime §4.1; an object laid over something else replaces it, where Meltano fails.
 */
export function mergeState(from: JsonObject, into: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...into };
  for (const [key, value] of Object.entries(from)) {
    const present = merged[key];
    const both = isJsonObject(value) && isJsonObject(present);
    Object.defineProperty(merged, key, {
      value: both ? mergeState(value, present) : value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return merged;
}
