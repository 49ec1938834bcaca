import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { type ApiDocument, listOf } from './api-document.ts';

type Resolve = ApiDocument['resolve'];

/** A schema with references followed and `allOf` merged, as far as its own level; undefined for what is unknown. */
export function openSchema(
  value: JsonValue | undefined,
  resolve: Resolve,
  depth = 0,
): JsonObject | undefined {
  const schema = resolve(value);
  if (schema === undefined || depth > 10) return undefined;
  const parts = listOf(schema['allOf']).map((part) => openSchema(part, resolve, depth + 1));
  const only = onlyAlternative(schema, resolve);
  if (only !== undefined) return openSchema(only, resolve, depth + 1);
  if (parts.length === 0) return schema;
  const { allOf: _, ...own } = schema;
  return [own, ...parts].reduce<JsonObject>(
    (merged, part) => ({
      ...part,
      ...merged,
      ...joined('properties', merged, part),
    }),
    {},
  );
}

function joined(name: string, a: JsonObject, b: JsonObject | undefined): JsonObject {
  const [left, right] = [a[name], b?.[name]];
  if (!isJsonObject(left) && !isJsonObject(right)) return {};
  return { [name]: { ...(isJsonObject(right) ? right : {}), ...(isJsonObject(left) ? left : {}) } };
}

/** Of `oneOf` and `anyOf` what is left without null, when it is a single schema. */
function onlyAlternative(schema: JsonObject, resolve: Resolve): JsonValue | undefined {
  const all = [...listOf(schema['oneOf']), ...listOf(schema['anyOf'])];
  const left = all.filter((each) => resolve(each)?.['type'] !== 'null');
  return left.length === 1 ? left[0] : undefined;
}

/** The type of a schema without null; several or none are undefined. */
export function typeOf(schema: JsonObject): string | undefined {
  const { type } = schema;
  if (typeof type === 'string') return type;
  const types = listOf(type).filter((each) => each !== 'null');
  if (types.length === 1) return String(types[0]);
  if (type !== undefined) return undefined;
  return isJsonObject(schema['properties']) ? 'object' : schema['items'] === undefined ? undefined : 'array';
}

/** The properties that answers have. */
export function propertiesOf(schema: JsonObject | undefined): JsonObject {
  const properties = schema?.['properties'];
  if (!isJsonObject(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).filter(([, each]) => !isJsonObject(each) || each['writeOnly'] !== true),
  );
}
