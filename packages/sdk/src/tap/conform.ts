import { ExactNumber, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { readMember, setMember } from '../schema/member.ts';
import type { UnwantedMembers } from './unwanted-members.ts';

/**
 * Makes plain JSON of what a stream yields and leaves out what the schema does not have: dates become RFC 3339
 * texts, bigints exact numbers, byte arrays hexadecimal text, NaN and infinities null (Singer rule 11). The shape is
 * worked out once per schema.
 */
export type Conform = (record: unknown) => JsonObject;

export interface ConformOptions {
  /** Told of each member at the top that the schema neither has nor is open to. */
  onUnknown?(property: string): void;
  /** What an open schema does not let in all the same. */
  readonly unwanted?: UnwantedMembers;
}

export function createConform(
  schema: JsonObject,
  { onUnknown, unwanted = nothing }: ConformOptions = {},
): Conform {
  const conform = conformFor(schema, unwanted) as Conform;
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : undefined;
  const open = isOpen(schema['additionalProperties']);
  const isAsItShouldBe = open || properties === undefined ? undefined : plainCheck(properties);
  return (record) => {
    // Most records come as they should be: a copy is made at once, so that an author may use the object again.
    if (isAsItShouldBe?.(record)) return { ...(record as JsonObject) };
    if (onUnknown !== undefined && !open) {
      for (const name in record as object) if (!Object.hasOwn(properties ?? {}, name)) onUnknown(name);
    }
    return conform(record);
  };
}

function isOpen(additional: JsonValue | undefined): boolean {
  return additional === true || isJsonObject(additional);
}

const nothing: UnwantedMembers = new Map();

type Convert = (value: unknown) => JsonValue;

function conformFor(given: JsonValue | undefined, unwanted: UnwantedMembers = nothing): Convert {
  const schema = isJsonObject(given) ? given : {};
  const properties = schema['properties'];
  if (isJsonObject(properties))
    return conformObject(properties, isOpen(schema['additionalProperties']), unwanted);
  if (unwanted.size > 0) return conformObject({}, true, unwanted);
  const items = schema['items'];
  // Metadata cannot select within lists.
  if (isJsonObject(items) && isJsonObject(items['properties'])) {
    const each = conformFor(items);
    return (value) => (Array.isArray(value) ? value.map(each) : toJson(value));
  }
  return toJson;
}

function conformObject(properties: JsonObject, open: boolean, unwanted: UnwantedMembers): Convert {
  const below = (name: string) => {
    const inside = unwanted.get(name);
    return inside === 'all' ? undefined : inside;
  };
  const known = Object.entries(properties).map(([name, property]) => ({
    name,
    read: readMember<unknown>(name),
    convert: conformFor(property, below(name)),
  }));
  const names = new Set(Object.keys(properties));
  const others = new Map(
    [...unwanted].flatMap(([name, inside]) => (inside === 'all' ? [] : [[name, conformFor({}, inside)]])),
  );
  return (value) => {
    if (!isPlainObject(value)) return toJson(value);
    const kept: Record<string, JsonValue> = {};
    for (const { name, read, convert } of known) {
      const member = read(value);
      if (member !== undefined) setMember(kept, name, convert(member));
    }
    if (open) {
      for (const [name, member] of Object.entries(value)) {
        if (names.has(name) || member === undefined || unwanted.get(name) === 'all') continue;
        setMember(kept, name, (others.get(name) ?? toJson)(member));
      }
    }
    return kept;
  };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  // Nearly all are literals: one look instead of four.
  if (Object.getPrototypeOf(value) === Object.prototype) return true;
  return !(
    Array.isArray(value) ||
    value instanceof Date ||
    value instanceof ExactNumber ||
    value instanceof Uint8Array
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

type Check = (value: unknown) => boolean;

/**
 * Tells objects that need no conversion: all their members are known, and are JSON already. Undefined for a schema
 * whose objects are always converted.
 */
function plainCheck(properties: JsonObject): Check | undefined {
  const names = Object.keys(properties);
  if (names.some((name) => name in Object.prototype)) return undefined;
  const checks = names.map((name) => ({ name, isPlain: memberCheck(properties[name]) }));
  return (value) => {
    if (!isPlainObject(value)) return false;
    let known = 0;
    for (const { name, isPlain } of checks) {
      const member = value[name];
      if (member === undefined) continue;
      if (!isPlain(member)) return false;
      known += 1;
    }
    for (const _ in value) known -= 1;
    return known === 0;
  };
}

function memberCheck(schema: JsonValue | undefined): Check {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  const isObject = isJsonObject(properties) ? plainCheck(properties) : undefined;
  return (value) => {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return true;
      case 'number':
        return Number.isFinite(value);
      default:
        return value === null || isObject?.(value) === true;
    }
  };
}
