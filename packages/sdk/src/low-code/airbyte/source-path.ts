import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';

/**
 * Where in the document as it is written a member of the resolved document stands, as far as it can be told: the way
 * goes through references.
 */
export function sourcePath(document: JsonObject, path: string): readonly (string | number)[] {
  const names = [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) =>
    index === undefined ? (name ?? '') : Number(index),
  );
  let found: readonly (string | number)[] = [];
  let node = followed(document, document, found);
  for (const name of names) {
    const next = stepInto(document, node, name);
    if (next === undefined) return found;
    node = next;
    found = next.path;
  }
  return found;
}

interface Node {
  readonly value: JsonValue;
  readonly path: readonly (string | number)[];
  /** What the value refers to: members that it does not have itself are there. */
  readonly target?: Node;
}

function stepInto(
  document: JsonObject,
  { value, path, target }: Node,
  name: string | number,
): Node | undefined {
  const inner = isJsonArray(value)
    ? value[Number(name)]
    : isJsonObject(value) && Object.hasOwn(value, name)
      ? value[name]
      : undefined;
  if (inner !== undefined) return followed(document, inner, [...path, name]);
  return target === undefined ? undefined : stepInto(document, target, name);
}

function followed(document: JsonObject, value: JsonValue, path: readonly (string | number)[]): Node {
  const reference = isJsonObject(value) ? value['$ref'] : value;
  if (typeof reference !== 'string' || !reference.startsWith('#/') || path.length > 100)
    return { value, path };
  const names = reference.slice(2).split('/');
  let inner: JsonValue | undefined = document;
  for (const name of names)
    inner = isJsonObject(inner ?? null)
      ? (inner as JsonObject)[name]
      : isJsonArray(inner ?? null)
        ? (inner as readonly JsonValue[])[Number(name)]
        : undefined;
  if (inner === undefined || inner === value) return { value, path };
  const target = followed(document, inner, names);
  return typeof value === 'string' ? target : { value, path, target };
}
