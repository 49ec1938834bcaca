import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import type { Schema } from '@meltano/sdk';

/** The selection set of a query that asks for just what a schema has: `id title state { id }`. */
export function fieldsOf(schema: Schema<unknown>): string {
  return selection(schema.json);
}

function selection({ properties }: JsonObject): string {
  return Object.entries(isJsonObject(properties) ? properties : {})
    .map(([name, property]) =>
      isJsonObject(property) && isJsonObject(property['properties'])
        ? `${name} { ${selection(property)} }`
        : name,
    )
    .join(' ');
}
