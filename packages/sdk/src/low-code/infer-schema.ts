import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@meltano/foundation/json';
import { setMember } from '../schema/member.ts';

/** A JSON Schema that all of these records fit; what may be absent or null is nullable. */
export function inferSchema(records: readonly JsonObject[], keys: readonly string[]): JsonObject {
  const { properties } = objectSchema(records);
  const made: Record<string, JsonValue> = {};
  for (const [name, schema] of Object.entries(properties))
    setMember(made, name, keys.includes(name) ? withoutNull(schema) : schema);
  return { type: 'object', properties: made };
}

function objectSchema(records: readonly JsonObject[]): {
  readonly properties: Readonly<Record<string, JsonObject>>;
} {
  const properties: Record<string, JsonObject> = {};
  for (const name of new Set(records.flatMap((record) => Object.keys(record)))) {
    const values = records.flatMap((record) => (Object.hasOwn(record, name) ? [record[name] ?? null] : []));
    setMember(properties, name, valueSchema(values));
  }
  return { properties };
}

/** A value that has several types, or of which nothing is known, is any JSON. */
function valueSchema(values: readonly JsonValue[]): JsonObject {
  const present = values.filter((value) => value !== null);
  const every = (test: (value: JsonValue) => boolean) => present.length > 0 && present.every(test);
  if (every((value) => typeof value === 'boolean')) return { type: ['boolean', 'null'] };
  if (every(isInteger)) return { type: ['integer', 'null'] };
  if (every((value) => typeof value === 'number' || value instanceof ExactNumber))
    return { type: ['number', 'null'] };
  if (every((value) => typeof value === 'string')) return textSchema(present as readonly string[]);
  if (every(isJsonObject))
    return { type: ['object', 'null'], ...objectSchema(present as readonly JsonObject[]) };
  if (every(isJsonArray))
    return {
      type: ['array', 'null'],
      items: valueSchema(present.flatMap((each) => (isJsonArray(each) ? each : []))),
    };
  return {};
}

function isInteger(value: JsonValue): boolean {
  return typeof value === 'number'
    ? Number.isInteger(value)
    : value instanceof ExactNumber && /^-?\d+$/.test(value.text);
}

const dateTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/;

function textSchema(values: readonly string[]): JsonObject {
  const format = values.every((value) => dateTime.test(value)) ? { format: 'date-time' } : {};
  return { type: ['string', 'null'], ...format };
}

function withoutNull(schema: JsonObject): JsonObject {
  const { type } = schema;
  return Array.isArray(type) ? { ...schema, type: type.filter((each) => each !== 'null') } : schema;
}
