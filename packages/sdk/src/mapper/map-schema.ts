import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { setMember } from '../schema/member.ts';
import { mapperError } from './errors.ts';
import { inferType } from './infer-type.ts';
import { nullable } from './nullable.ts';
import type { StreamMap } from './parse-maps.ts';

export interface SourceStream {
  readonly stream: string;
  readonly schema: JsonObject;
  readonly keyProperties: readonly string[];
}

export interface MappedSchema {
  readonly schema: JsonObject;
  readonly keyProperties: readonly string[];
}

/**
 * What a map makes of a schema. Throws `mapper.key_removed` when a key would be lost and `mapper.no_such_key` when
 * a key is not among the properties.
 */
export function mapSchema(source: SourceStream, map: StreamMap, alias: string): MappedSchema {
  const keyProperties = map.keyProperties === undefined ? source.keyProperties : (map.keyProperties ?? []);
  const schema = startingSchema(source, map, keyProperties);
  const raw = map.onlyNamed ? source.schema : schema;
  for (const [name, expression] of map.properties) {
    if (expression !== undefined) {
      setMember(schema.properties, name, propertySchema({ name, expression, schema, raw }));
      continue;
    }
    if (keyProperties.includes(name)) throw keyRemoved(name, alias);
    delete schema.properties[name];
    if (isJsonArray(schema.required)) schema.required = schema.required.filter((each) => each !== name);
  }
  for (const key of keyProperties)
    if (!Object.hasOwn(schema.properties, key)) throw noSuchKey(key, keyProperties, alias);
  return { schema: schema as JsonObject, keyProperties };
}

/** Grows while the properties are mapped in their order. */
interface GrowingSchema {
  [keyword: string]: JsonValue;
  properties: Record<string, JsonValue>;
}

function startingSchema(
  { schema }: SourceStream,
  { onlyNamed, properties }: StreamMap,
  keyProperties: readonly string[],
): GrowingSchema {
  const known = propertiesOf(schema);
  if (!onlyNamed) return { ...schema, properties: { ...known } };
  const mapped = new Set(properties.map(([name]) => name));
  const kept: Record<string, JsonValue> = {};
  for (const key of keyProperties) {
    const property = Object.hasOwn(known, key) ? known[key] : undefined;
    if (property !== undefined && !mapped.has(key)) setMember(kept, key, property);
  }
  return { type: 'object', properties: kept, $schema: 'https://json-schema.org/draft/2020-12/schema' };
}

function propertiesOf(schema: JsonObject): JsonObject {
  return isJsonObject(schema['properties']) ? schema['properties'] : {};
}

interface NewProperty {
  readonly name: string;
  readonly expression: string;
  readonly schema: GrowingSchema;
  /** Where an expression that is nothing but a name finds its type. */
  readonly raw: JsonObject;
}

function propertySchema({ name, expression, schema, raw }: NewProperty): JsonObject {
  if (expression === 'record') return nullable({ ...raw, properties: { ...propertiesOf(raw) } });
  const known = describing(schema.properties, name) ?? describing(propertiesOf(raw), expression);
  return nullable(inferType(expression) ?? known ?? { type: ['string'] });
}

/** A schema that says something. */
function describing(properties: JsonObject, name: string): JsonObject | undefined {
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isJsonObject(property) && Object.keys(property).length > 0 ? property : undefined;
}

function keyRemoved(name: string, alias: string) {
  return mapperError('key_removed', {
    message: `stream_maps removes "${name}", which is a key property of the stream ${alias}`,
    hint: 'give the stream other keys with __key_properties__, or null for none',
    details: { stream: alias, property: name },
  });
}

function noSuchKey(key: string, keys: readonly string[], alias: string) {
  return mapperError('no_such_key', {
    message: `The key property "${key}" of the mapped stream ${alias} is not among its properties`,
    hint: `map the property, or set __key_properties__ of the stream (now: ${keys.join(', ')})`,
    details: { stream: alias, property: key },
  });
}
