import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { memberPath } from '../probe/member-path.ts';
import type { ApiDocument } from './api-document.ts';
import { openSchema, propertiesOf, typeOf } from './api-schema.ts';

/** The list in an answer. */
export interface FoundList {
  /** JSONPath of the records; undefined when the answer is the list. */
  readonly path: string | undefined;
  readonly item: JsonValue;
}

/** A list of objects in an answer, or why there is none. */
export function findList(
  response: JsonObject,
  document: ApiDocument,
  word: string,
): FoundList | { readonly reason: string } {
  const schema = openSchema(response, document.resolve);
  if (schema === undefined) return { reason: 'its answer is not described' };
  const own = itemOf(schema, document);
  if (own !== undefined) return { path: undefined, item: own };
  if (typeOf(schema) !== 'object') return { reason: 'its answer holds no list of objects' };
  if ('id' in propertiesOf(schema)) return { reason: 'it answers with one object' };
  const lists = listsIn(schema, document, '$', 0);
  const likely = [word, 'data', 'items', 'results', 'records', 'values', 'entries', 'list', 'value'];
  const best =
    lists.length === 1 ? lists[0] : likely.flatMap((name) => lists.filter((each) => each.name === name))[0];
  if (best !== undefined) return best;
  return {
    reason: lists.length === 0 ? 'its answer holds no list of objects' : 'its answer holds several lists',
  };
}

function listsIn(
  schema: JsonObject,
  document: ApiDocument,
  path: string,
  depth: number,
): readonly (FoundList & { readonly name: string })[] {
  return Object.entries(propertiesOf(schema)).flatMap(([name, value]) => {
    const at = memberPath(path, name);
    const property = openSchema(value, document.resolve);
    if (property === undefined) return [];
    const item = itemOf(property, document);
    if (item !== undefined) return [{ name, path: `${at}[*]`, item }];
    return depth < 2 && typeOf(property) === 'object' ? listsIn(property, document, at, depth + 1) : [];
  });
}

/** What a list of objects holds. */
function itemOf(schema: JsonObject, { resolve }: ApiDocument): JsonValue | undefined {
  if (typeOf(schema) !== 'array') return undefined;
  const { items } = schema;
  const item = openSchema(items, resolve);
  const isObject = item !== undefined && isJsonObject(item['properties']) && typeOf(item) === 'object';
  return isObject ? items : undefined;
}
