import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { setMember } from '../schema/member.ts';
import type { ObfuscationMethod } from './obfuscation-methods.ts';
import type { Level } from './obfuscation-rules.ts';

/** Keywords that hold whole values: what is hidden in records must not stand in them. */
const values = new Set(['default', 'examples', 'const', 'enum']);
const branches = ['anyOf', 'oneOf', 'allOf'] as const;

/** The schema of records in which the columns that `level` names are hidden: texts in their place. */
export function hiddenSchema(schema: JsonObject, level: Level): JsonObject {
  const hidden: Record<string, JsonValue> = {};
  const isContainer = isJsonObject(schema['properties']) || isJsonObject(schema['items']);
  for (const [keyword, value] of Object.entries(schema)) {
    if (isContainer && values.has(keyword)) continue;
    if (keyword === 'properties' && isJsonObject(value)) hidden[keyword] = hiddenProperties(value, level);
    else if (keyword === 'items' && isJsonObject(value)) hidden[keyword] = hiddenSchema(value, level);
    else if (branches.some((name) => name === keyword) && isJsonArray(value))
      hidden[keyword] = value.map((branch) => (isJsonObject(branch) ? hiddenSchema(branch, level) : branch));
    else setMember(hidden, keyword, value);
  }
  return hidden;
}

function hiddenProperties(properties: JsonObject, level: Level): JsonObject {
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
  return hidden;
}

function textSchema({ type, anyOf, oneOf }: JsonObject, { makesNull }: ObfuscationMethod): JsonObject {
  const text = JSON.stringify([type ?? null, anyOf ?? null, oneOf ?? null]);
  const mayBeNull = makesNull || type === undefined || text.includes('"null"');
  return { type: mayBeNull ? ['string', 'null'] : ['string'] };
}

/** The paths of all columns that a schema names, `address.street` among them. */
export function columnsOf(schema: JsonObject, path = ''): readonly string[] {
  const own = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const inside = [
    ...(isJsonObject(schema['items']) ? [schema['items']] : []),
    ...branches.flatMap((name) => (isJsonArray(schema[name]) ? schema[name].filter(isJsonObject) : [])),
  ];
  return [
    ...Object.entries(own).flatMap(([name, property]) => [
      `${path}${name}`,
      ...(isJsonObject(property) ? columnsOf(property, `${path}${name}.`) : []),
    ]),
    ...inside.flatMap((each) => columnsOf(each, path)),
  ];
}
