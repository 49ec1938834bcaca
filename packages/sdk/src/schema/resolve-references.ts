import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { setMember } from './member.ts';

/** Beyond it schemas that refer to each other crosswise would grow without end; nothing looks so deep. */
const maxReferences = 10;

/**
 * A schema in which every `$ref` to a place in it (`#/definitions/…`, `#/$defs/…`) is replaced by what stands there:
 * catalogs select nested properties, and most loaders know no references. What refers to itself may be anything below
 * that, `{}`. `onMissing` is told of a reference that leads nowhere, or to another document.
 */
export function resolveReferences(
  schema: JsonObject,
  onMissing: (reference: string) => JsonObject,
): JsonObject {
  if (!JSON.stringify(schema).includes('"$ref":')) return schema;
  const walk = (value: JsonValue, followed: readonly string[]): JsonValue => {
    if (isJsonArray(value)) return value.map((item) => walk(item, followed));
    if (!isJsonObject(value)) return value;
    const { $ref: reference, ...own } = value;
    // A property may have that name: then it is a schema, and no text.
    if (typeof reference !== 'string') return members(value, followed);
    if (followed.includes(reference) || followed.length >= maxReferences) return {};
    const target = targetOf(reference, schema) ?? onMissing(reference);
    return walk({ ...target, ...own }, [...followed, reference]);
  };
  const members = (object: JsonObject, followed: readonly string[]): JsonObject => {
    const resolved: Record<string, JsonValue> = {};
    for (const [name, value] of Object.entries(object)) setMember(resolved, name, walk(value, followed));
    return resolved;
  };
  const { definitions: _definitions, $defs: _defs, ...rest } = schema;
  return walk(rest, []) as JsonObject;
}

/** The object at a JSON pointer in a URL's fragment. */
function targetOf(reference: string, root: JsonObject): JsonObject | undefined {
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  let at: JsonValue | undefined = root;
  for (const step of reference.split('/').slice(1)) {
    const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
    if (isJsonArray(at)) at = at[Number(name)];
    else at = isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return isJsonObject(at) ? at : undefined;
}

/** A `%` that escapes nothing is meant as it stands. */
function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
