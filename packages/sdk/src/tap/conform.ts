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
  /**
   * Told of members that the schema neither has nor is open to: of one at the top each time, of one inside of others, with
   * `inside` between the names, once.
   */
  onUnknown?(path: string): void;
  /** What an open schema does not let in all the same. */
  readonly unwanted?: UnwantedMembers;
}

export function createConform(
  schema: JsonObject,
  { onUnknown, unwanted = nothing }: ConformOptions = {},
): Conform {
  const conform = conformFor(schema, { unwanted, onUnknown, prefix: '' }) as Conform;
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : undefined;
  const open = isOpen(schema['additionalProperties']);
  const isAsItShouldBe = open || properties === undefined ? undefined : plainCheck(properties);
  return (record) => {
    // Most records come as they should be: a copy is made at once, so that an author may use the object again.
    if (isAsItShouldBe?.(record)) return { ...(record as JsonObject) };
    return conform(record);
  };
}

/** Between the names of a path; no name has it, as it may have a dot. */
export const inside = '\u001f';

/** The names of all properties that a schema has, at every depth, as `onUnknown` hears them. */
export function pathsOf(schema: JsonValue | undefined, prefix = ''): readonly string[] {
  if (!isJsonObject(schema)) return [];
  const { properties, items } = schema;
  const own = Object.entries(isJsonObject(properties) ? properties : {}).flatMap(([name, property]) => [
    `${prefix}${name}`,
    ...pathsOf(property, `${prefix}${name}${inside}`),
  ]);
  return [...own, ...pathsOf(items, prefix)];
}

function isOpen(additional: JsonValue | undefined): boolean {
  return additional === true || isJsonObject(additional);
}

const nothing: UnwantedMembers = new Map();

type Convert = (value: unknown) => JsonValue;

const mostTold = 1_000;

interface Place {
  readonly unwanted: UnwantedMembers;
  readonly onUnknown: ConformOptions['onUnknown'] | undefined;
  /** What stands before the names of members here. */
  readonly prefix: string;
}

function conformFor(given: JsonValue | undefined, place: Place): Convert {
  const schema = isJsonObject(given) ? given : {};
  const properties = schema['properties'];
  if (isJsonObject(properties))
    return conformObject(properties, isOpen(schema['additionalProperties']), place);
  if (place.unwanted.size > 0) return conformObject({}, true, place);
  const items = schema['items'];
  // Metadata cannot select within lists.
  if (isJsonObject(items) && isJsonObject(items['properties'])) {
    const each = conformFor(items, { ...place, unwanted: nothing });
    return (value) => (Array.isArray(value) ? value.map(each) : toJson(value));
  }
  return isDay(schema) ? dayToJson : toJson;
}

function conformObject(properties: JsonObject, open: boolean, place: Place): Convert {
  const { unwanted, onUnknown, prefix } = place;
  const below = (name: string): Place => {
    const part = unwanted.get(name);
    return {
      onUnknown,
      prefix: `${prefix}${name}${inside}`,
      unwanted: part === 'all' ? nothing : (part ?? nothing),
    };
  };
  const known = Object.entries(properties).map(([name, property]) => ({
    name,
    read: readMember<unknown>(name),
    convert: conformFor(property, below(name)),
  }));
  const names = new Set(Object.keys(properties));
  const told = new Set<string>();
  const tell = (name: string) => {
    if (prefix !== '') {
      // Names that are data would fill the memory.
      if (told.has(name) || told.size >= mostTold) return;
      told.add(name);
    }
    onUnknown?.(`${prefix}${name}`);
  };
  const others = new Map(
    [...unwanted].flatMap(([name, part]) => (part === 'all' ? [] : [[name, conformFor({}, below(name))]])),
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
    } else if (onUnknown !== undefined) {
      for (const name in value) if (!names.has(name) && value[name] !== undefined) tell(name);
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

function isDay(schema: JsonObject): boolean {
  const text = JSON.stringify(schema);
  return text.includes('"format":"date"') && !text.includes('"format":"date-time"');
}

/** A day is no time of day. */
function dayToJson(value: unknown): JsonValue {
  const json = toJson(value);
  return value instanceof Date && typeof json === 'string' ? (json.split('T')[0] ?? null) : json;
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
