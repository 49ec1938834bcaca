import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from '@meltano/foundation/json';
import { setMember } from '../schema/member.ts';

/**
 * Makes records of a Parquet file what the stream's schema says, where both have their own way: a null that the schema
 * does not admit is an absent member, a date that was kept as a time is a date again, and objects that were kept as
 * text are objects. What fits as it is stays.
 */
export function fitRecord(schema: JsonObject): (record: JsonObject) => JsonObject {
  const fit = objectFit(schema);
  return fit ?? ((record) => record);
}

type Fit = (value: JsonValue) => JsonValue | undefined;

function fitOf(schema: JsonValue | undefined): Fit {
  if (!isJsonObject(schema)) return (value) => value;
  const types = typesOf(schema);
  const fitPlain = plainFit(schema, types);
  const admitsNull = types.length === 0 || types.includes('null');
  return (value) => (value === null ? (admitsNull ? null : undefined) : fitPlain(value));
}

function plainFit(schema: JsonObject, types: readonly JsonValue[]): (value: JsonValue) => JsonValue {
  const isText = types.includes('string');
  if (isText && schema['format'] === 'date') return dayOf;
  const fitObject = objectFit(schema);
  const fitItem = isJsonObject(schema['items']) ? fitOf(schema['items']) : undefined;
  const isNumber = types.includes('number') || types.includes('integer');
  return (value) => {
    if (typeof value === 'string') return isText || types.length === 0 ? value : structureOf(value, types);
    if (typeof value === 'number' || value instanceof ExactNumber)
      return isText && !isNumber ? String(value) : value;
    if (isJsonArray(value)) return fitItem === undefined ? value : value.map((item) => fitItem(item) ?? null);
    return isJsonObject(value) && fitObject !== undefined ? fitObject(value) : value;
  };
}

function objectFit(schema: JsonObject): ((object: JsonObject) => JsonObject) | undefined {
  const properties = schema['properties'];
  if (!isJsonObject(properties)) return undefined;
  const fits = new Map(Object.entries(properties).map(([name, property]) => [name, fitOf(property)]));
  return (object) => {
    const fitted: Record<string, JsonValue> = {};
    for (const [name, value] of Object.entries(object)) {
      const fit = fits.get(name);
      const member = fit === undefined ? value : fit(value);
      if (member !== undefined) setMember(fitted, name, member);
    }
    return fitted;
  };
}

function typesOf(schema: JsonObject): readonly JsonValue[] {
  const type = schema['type'];
  return isJsonArray(type) ? type : type === undefined ? [] : [type];
}

function dayOf(value: JsonValue): JsonValue {
  return typeof value === 'string' ? value.replace(/^(\d{4}-\d{2}-\d{2})T00:00:00(\.0+)?Z$/, '$1') : value;
}

/** Text where the schema wants an object or a list: what the file could not type. */
function structureOf(text: string, types: readonly JsonValue[]): JsonValue {
  if (!types.includes('object') && !types.includes('array')) return text;
  try {
    return parseJson(text) as JsonValue;
  } catch {
    return text;
  }
}
