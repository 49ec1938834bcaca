import { ExactNumber, type JsonObject, type JsonValue } from '@meltano/foundation/json';

/**
 * The schema of sampled records: every property that was seen, with all types that it had, and nullable. Text
 * is text, also where it looks like a time; objects and lists stay whole.
 */
export interface SchemaSample {
  add(record: JsonObject): void;
  properties(): Readonly<Record<string, JsonObject>>;
}

export function createSchemaSample(): SchemaSample {
  const seen = new Map<string, Set<string>>();
  return {
    add(record) {
      for (const [name, value] of Object.entries(record)) {
        const types = seen.get(name) ?? new Set();
        if (value !== null) types.add(typeOf(value));
        seen.set(name, types);
      }
    },
    properties: () =>
      Object.fromEntries([...seen].map(([name, types]) => [name, { type: [...merged(types), 'null'] }])),
  };
}

/** A whole number is a number, too. */
function merged(types: ReadonlySet<string>): readonly string[] {
  return [...types].filter((type) => type !== 'integer' || !types.has('number'));
}

function typeOf(value: Exclude<JsonValue, null>): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (value instanceof ExactNumber) return /^-?\d+$/.test(value.text) ? 'integer' : 'number';
  return Array.isArray(value) ? 'array' : typeof value;
}
