import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { matchesGlob } from '@meltano/singer/glob';
import { setMember } from '../schema/member.ts';
import { mapperError } from './errors.ts';
import { createItemMapping, type ItemMapping } from './map-items.ts';
import type { SourceStream } from './map-schema.ts';
import { invalidObfuscation, type ObfuscationMethod, parseMethod } from './obfuscation-methods.ts';
import type { Projection } from './stream-maps.ts';

interface Rule {
  readonly stream: string;
  readonly column: string;
  readonly method: ObfuscationMethod;
}

/**
 * Hides values of columns before anything else sees them. Reads `obfuscate`: methods by column within stream, both names or patterns. A column within an object has its path,
 * `address.street`. Of several rules the first counts, names before patterns. Throws `mapper.invalid_obfuscation`.
 */
export function createObfuscation(written: JsonObject, key: string | undefined): ItemMapping {
  const rules = Object.entries(written).flatMap(([stream, columns]) => {
    if (!isJsonObject(columns)) throw invalidObfuscation(stream, 'must be an object of columns');
    return Object.entries(columns).map(([column, method]) => ({
      stream,
      column,
      method: parseMethod(method, `${stream}.${column}`, key),
    }));
  });
  return createItemMapping((source, { bookmarkProperties = [] }) => {
    const { stream, schema, keyProperties } = source;
    const own = rules.filter((rule) => matches(stream, rule.stream));
    if (own.length === 0) return [{ stream, schema, keyProperties, map: undefined }];
    return [obfuscated(source, bookmarkProperties, namesFirst(own))];
  });
}

function matches(name: string, pattern: string): boolean {
  return name === pattern || matchesGlob(name, pattern);
}

function namesFirst(rules: readonly Rule[]): readonly Rule[] {
  const weight = ({ stream, column }: Rule) => (isPattern(column) ? 2 : 0) + (isPattern(stream) ? 1 : 0);
  return [...rules].sort((a, b) => weight(a) - weight(b));
}

function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

/** What happens to the members of an object at one place of a record. */
interface Place {
  readonly method: ObfuscationMethod | undefined;
  /** For a value that is no object, although a rule names a column within it. */
  readonly methodWithin: ObfuscationMethod | undefined;
  readonly below: Level;
}

type Level = (key: string) => Place;

function levelOf(rules: readonly Rule[], path: string): Level {
  const places = new Map<string, Place>();
  return (key) => {
    const known = places.get(key);
    if (known !== undefined) return known;
    const here = `${path}${key}`;
    const method = rules.find(({ column }) => matches(here, column))?.method;
    const within = rules.find(({ column }) => column.startsWith(`${here}.`));
    const place = { method, methodWithin: within?.method, below: levelOf(rules, `${here}.`) };
    // Keys that are data would fill the memory.
    if (places.size < 10_000) places.set(key, place);
    return place;
  };
}

function obfuscated(
  { stream, schema, keyProperties }: SourceStream,
  bookmarks: readonly string[],
  rules: readonly Rule[],
): Projection {
  const top = levelOf(rules, '');
  const told = bookmarks.find((name) => top(name).method !== undefined);
  if (told !== undefined) throw bookmarkHidden(stream, told);
  return {
    stream,
    keyProperties,
    schema: hiddenSchema(schema, top),
    map: (record) => hiddenObject(record, top),
  };
}

function hiddenObject(object: JsonObject, level: Level): JsonObject {
  const copy: Record<string, JsonValue> = {};
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    const place = level(key);
    if (place.method === undefined) setMember(copy, key, hiddenWithin(value, place));
    else setMember(copy, key, value === null ? null : place.method.obfuscate(value));
  }
  return copy;
}

/**
 * Objects in lists have the paths that they would have without the list. What is neither, as the text of an object,
 * may hold the column that is to be hidden: it is hidden whole.
 */
function hiddenWithin(value: JsonValue, place: Place): JsonValue {
  if (isJsonArray(value)) return value.map((item) => hiddenWithin(item, place));
  if (isJsonObject(value)) return hiddenObject(value, place.below);
  return value === null || place.methodWithin === undefined ? value : place.methodWithin.obfuscate(value);
}

function hiddenSchema(schema: JsonObject, level: Level): JsonObject {
  const { properties, items } = schema;
  if (isJsonObject(items)) return { ...schema, items: hiddenSchema(items, level) };
  if (!isJsonObject(properties)) return schema;
  const hidden: Record<string, JsonValue> = {};
  for (const [name, property] of Object.entries(properties)) {
    const { method, below } = level(name);
    if (!isJsonObject(property)) setMember(hidden, name, property);
    else
      setMember(
        hidden,
        name,
        method === undefined ? hiddenSchema(property, below) : textSchema(property, method),
      );
  }
  return { ...schema, properties: hidden };
}

function textSchema({ type, anyOf, oneOf }: JsonObject, { makesNull }: ObfuscationMethod): JsonObject {
  const text = JSON.stringify([type ?? null, anyOf ?? null, oneOf ?? null]);
  const mayBeNull = makesNull || type === undefined || text.includes('"null"');
  return { type: mayBeNull ? ['string', 'null'] : ['string'] };
}

function bookmarkHidden(stream: string, column: string) {
  return mapperError('invalid_obfuscation', {
    message: `obfuscate hides "${column}" of the stream ${stream}, whose values the state of the run keeps as they are`,
    hint: `leave ${stream}.${column} out of obfuscate, or let the tap replicate by another column`,
    details: { stream, column },
  });
}
