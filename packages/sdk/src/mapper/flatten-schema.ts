import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { setMember } from '../schema/member.ts';
import { mapperError } from './errors.ts';
import { type FlatteningOptions, flattenKey } from './flatten-key.ts';

type Property = readonly [name: string, schema: JsonValue];

/** A schema with nested objects as properties of their own. Throws `mapper.name_clash` when two get one name. */
export function flattenSchema(schema: JsonObject, stream: string, options: FlatteningOptions): JsonObject {
  const properties: Record<string, JsonValue> = {};
  for (const [name, property] of flatProperties(schema, [], options)) {
    if (Object.hasOwn(properties, name)) throw clash(name, stream);
    setMember(properties, name, property);
  }
  const { required } = schema;
  return {
    ...schema,
    properties,
    // An object that is required is a property no more.
    ...(isJsonArray(required)
      ? { required: required.filter((name) => Object.hasOwn(properties, String(name))) }
      : {}),
  };
}

function flatProperties(
  schema: JsonObject,
  path: readonly string[],
  options: FlatteningOptions,
): readonly Property[] {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties).flatMap(([name, property]): readonly Property[] => {
    const here = [...path, name];
    if (isJsonObject(property) && isNested(property) && path.length < options.maxDepth)
      return flatProperties(property, here, options);
    return [[flattenKey(here, options), leafSchema(property)]];
  });
}

function has(type: JsonValue | undefined, name: string): boolean {
  return type === name || (isJsonArray(type) && type.includes(name));
}

function isNested(schema: JsonObject): boolean {
  return has(schema['type'], 'object') && 'properties' in schema;
}

/** Objects and lists become JSON text. */
function leafSchema(schema: JsonValue): JsonValue {
  if (!isJsonObject(schema)) return { type: ['null', 'string'] };
  const { type } = schema;
  if (type === undefined) return untypedSchema(schema);
  if (has(type, 'array') || has(type, 'object'))
    return { type: has(type, 'null') ? ['string', 'null'] : 'string' };
  return schema;
}

/** `anyOf` and `oneOf` become their first branch when it is a text, a list or an object, and else stay. */
function untypedSchema(schema: JsonObject): JsonObject {
  const [branches] = Object.values(schema);
  if (!isJsonArray(branches) || branches.length === 0) return { type: ['null', 'string'] };
  const [first] = branches;
  if (
    isJsonObject(first) &&
    typeof first['type'] === 'string' &&
    /^(?:string|array|object)$/.test(first['type'])
  )
    return { ...first, type: ['null', first['type']] };
  return schema;
}

function clash(name: string, stream: string) {
  return mapperError('name_clash', {
    message: `Flattening makes two properties named "${name}" in the stream ${stream}`,
    hint: 'rename or remove one of them with stream_maps, or set another flattening_separator',
    details: { stream, property: name },
  });
}
