import { ExactNumber, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { readMember, setMember } from '../schema/member.ts';

/**
 * Makes plain JSON of what a stream yields and leaves out what the schema does not have: dates become RFC 3339
 * texts, bigints exact numbers, byte arrays hexadecimal text, NaN and infinities null (Singer rule 11). The shape is
 * worked out once per schema.
 */
export type Conform = (record: unknown) => JsonObject;

export function createConform(schema: JsonObject, onUnknown?: (property: string) => void): Conform {
  const conform = conformFor(schema);
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  if (onUnknown === undefined || isOpen(schema['additionalProperties']))
    return (record) => conform(record) as JsonObject;
  return (record) => {
    for (const name in record as object) if (!Object.hasOwn(properties, name)) onUnknown(name);
    return conform(record) as JsonObject;
  };
}

function isOpen(additional: JsonValue | undefined): boolean {
  return additional === true || isJsonObject(additional);
}

type Convert = (value: unknown) => JsonValue;

function conformFor(schema: JsonValue | undefined): Convert {
  if (!isJsonObject(schema)) return toJson;
  const properties = schema['properties'];
  if (isJsonObject(properties)) return conformObject(properties, schema['additionalProperties']);
  const items = schema['items'];
  if (isJsonObject(items) && isJsonObject(items['properties'])) {
    const each = conformFor(items);
    return (value) => (Array.isArray(value) ? value.map(each) : toJson(value));
  }
  return toJson;
}

function conformObject(properties: JsonObject, additional: JsonValue | undefined): Convert {
  const known = Object.entries(properties).map(([name, property]) => ({
    name,
    read: readMember<unknown>(name),
    convert: conformFor(property),
  }));
  const names = new Set(Object.keys(properties));
  const open = isOpen(additional);
  return (value) => {
    if (!isPlainObject(value)) return toJson(value);
    const kept: Record<string, JsonValue> = {};
    for (const { name, read, convert } of known) {
      const member = read(value);
      if (member !== undefined) setMember(kept, name, convert(member));
    }
    if (open) {
      for (const [name, member] of Object.entries(value)) {
        if (!names.has(name) && member !== undefined) setMember(kept, name, toJson(member));
      }
    }
    return kept;
  };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof ExactNumber) &&
    !(value instanceof Uint8Array)
  );
}

function toJson(value: unknown): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'bigint':
      return new ExactNumber(String(value));
    case 'object':
      return objectToJson(value);
    default:
      return null;
  }
}

function objectToJson(value: object | null): JsonValue {
  if (value === null || value instanceof ExactNumber) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array)
    return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (Array.isArray(value)) return value.map(toJson);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, toJson(member)]));
}
