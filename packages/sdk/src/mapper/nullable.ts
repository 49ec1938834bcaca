import { isJsonArray, isJsonObject, type JsonObject } from '@meltano/foundation/json';

/** A schema that allows null, too: what a map computes may be null. */
export function nullable(schema: JsonObject): JsonObject {
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const branches = schema[keyword];
    if (isJsonArray(branches))
      return branches.some(allowsNull) ? schema : { ...schema, [keyword]: [...branches, { type: 'null' }] };
  }
  const { type } = schema;
  if (type === undefined) return schema;
  const types = isJsonArray(type) ? type : [type];
  return types.includes('null') ? { ...schema, type: types } : { ...schema, type: [...types, 'null'] };
}

function allowsNull(schema: unknown): boolean {
  if (!isJsonObject(schema)) return false;
  const { type } = schema;
  return type === 'null' || (isJsonArray(type) && type.includes('null'));
}
