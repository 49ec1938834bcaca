import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { setMember } from '../schema/member.ts';
import { resolveReferences } from '../schema/resolve-references.ts';

/**
 * A stream's schema with everything written where it is meant: a `$ref` to a place in the same schema, the parts of an
 * `allOf`, and what is the only alternative to null. What refers to itself, to another document or to nothing, and
 * parts that contradict each other, may be anything: `{}`, which becomes JSON.
 */
export function inlineSchema(schema: JsonObject): JsonObject {
  return inlined(resolveReferences(schema, () => ({})));
}

function inlined({ allOf: parts, ...own }: JsonObject): JsonObject {
  const schema = withMembers(own);
  return isJsonArray(parts) ? united([schema, ...parts.filter(isJsonObject).map(inlined)]) : schema;
}

function withMembers(schema: JsonObject): JsonObject {
  const each = (value: JsonValue) => (isJsonObject(value) ? inlined(value) : value);
  const out: Record<string, JsonValue> = { ...schema };
  const { properties } = schema;
  if (isJsonObject(properties)) {
    const inner: Record<string, JsonValue> = {};
    for (const [name, property] of Object.entries(properties)) setMember(inner, name, each(property));
    out['properties'] = inner;
  }
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = schema[keyword];
    if (!isJsonArray(branches)) continue;
    const [only, ...others] = branches.map(each).filter((branch) => !isNull(branch));
    if (!isJsonObject(only) || others.length > 0) out[keyword] = branches.map(each);
    else {
      delete out[keyword];
      return united([out, only]);
    }
  }
  return out;
}

/** The Meltano SDK writes a bare text, too. */
function isNull(branch: JsonValue): boolean {
  const type = isJsonObject(branch) ? branch['type'] : branch;
  return type === 'null' || (isJsonArray(type) && type.every((each) => each === 'null'));
}

/** One schema of all parts; later ones say more exactly what earlier ones say. */
function united(parts: readonly JsonObject[]): JsonObject {
  const types = new Set(parts.flatMap(({ type }) => typeNames(type)));
  if (types.size > 1) return {};
  const properties: Record<string, JsonValue> = {};
  for (const part of parts) {
    for (const [name, property] of Object.entries(part['properties'] ?? {}))
      setMember(properties, name, property);
  }
  const all = Object.assign({}, ...parts) as JsonObject;
  return Object.keys(properties).length === 0 ? all : { ...all, properties };
}

function typeNames(type: JsonValue | undefined): readonly string[] {
  if (type === undefined) return [];
  const names = (isJsonArray(type) ? type : [type]).map(String).filter((name) => name !== 'null');
  return names.length === 0 ? [] : [names.toSorted((a, b) => (a < b ? -1 : 1)).join()];
}
