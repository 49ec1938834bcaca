import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { setMember } from '../schema/member.ts';

/**
 * A stream's schema as records are checked against it: drafts that taps still write are read as the newest one, and
 * what no validator could understand asks for nothing. A format is an annotation: taps promise e-mail addresses and
 * times that a source does not keep to.
 */
export function recordSchema(schema: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const asked = kept.has(keyword) ? value : keywordValue(keyword, value, schema);
    if (asked !== undefined) setMember(out, keyword, asked);
  }
  return out;
}

const kept = new Set(['enum', 'const', 'default', 'examples']);
const maps = new Set(['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas']);

/** What a keyword asks for; undefined for nothing. */
function keywordValue(keyword: string, value: JsonValue, schema: JsonObject): JsonValue | undefined {
  if (maps.has(keyword) && isJsonObject(value)) return eachMember(value, keyword);
  switch (keyword) {
    case 'format':
      return undefined;
    case 'type':
      return knownTypes(value);
    case 'required':
      return isJsonArray(value) ? value : undefined;
    case 'pattern':
      return isPattern(value) ? value : undefined;
    case 'multipleOf':
      return Number(value) > 0 ? value : undefined;
    case 'exclusiveMinimum':
      return exclusive(value, schema['minimum']);
    case 'exclusiveMaximum':
      return exclusive(value, schema['maximum']);
    default:
      return below(value);
  }
}

function below(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(below);
  return isJsonObject(value) ? recordSchema(value) : value;
}

function eachMember(members: JsonObject, keyword: string): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(members)) {
    if (keyword !== 'patternProperties' || isPattern(name)) setMember(out, name, below(member));
  }
  return out;
}

const types = new Set(['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']);

/** Names that JSON Schema does not have, such as `datetime`, admit anything. */
function knownTypes(value: JsonValue): JsonValue | undefined {
  const names = isJsonArray(value) ? value : [value];
  const known = names.filter((name) => typeof name === 'string' && types.has(name));
  return known.length === names.length && known.length > 0 ? value : undefined;
}

/** In draft 4 it is said of `minimum` and `maximum` whether they are meant exclusively. */
function exclusive(value: JsonValue, limit: JsonValue | undefined): JsonValue | undefined {
  return typeof value === 'boolean' ? (value ? limit : undefined) : value;
}

/** Patterns of other languages, such as `(?i)` and `\Z` of Python, cannot be compared. */
function isPattern(value: JsonValue): boolean {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
