import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';

/** Splits a setting name at its dots; `\.` is a dot of the name itself and stays escaped. */
export function splitName(name: string): readonly string[] {
  return name.split(/(?<!\\)\./);
}

export function hasNestingDot(name: string): boolean {
  return /(?<!\\)\./.test(name);
}

/** `s3\.endpoint` → `s3.endpoint`, as a plugin gets to see it. */
export function unescapeDots(name: string): string {
  return name.replaceAll('\\.', '.');
}

/** Joins the keys of nested, non-empty mappings with dots; empty mappings and lists are leaves. */
export function flattenObject(value: JsonObject): Readonly<Record<string, JsonValue>> {
  const flat: [string, JsonValue][] = [];
  const walk = (object: JsonObject, prefix: string) => {
    for (const [key, member] of Object.entries(object)) {
      if (isJsonObject(member) && Object.keys(member).length > 0) walk(member, `${prefix}${key}.`);
      else flat.push([prefix + key, member]);
    }
  };
  walk(value, '');
  return Object.fromEntries(flat);
}

/** Where in nested mappings a dotted name is found, written either way at each level; undefined if nowhere. */
export function findPath(value: JsonObject, name: string): readonly string[] | undefined {
  if (Object.hasOwn(value, name)) return [name];
  const parts = splitName(name);
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const head = parts.slice(0, length).join('.');
    const member = Object.hasOwn(value, head) ? value[head] : undefined;
    const rest = isJsonObject(member) ? findPath(member, parts.slice(length).join('.')) : undefined;
    if (rest !== undefined) return [head, ...rest];
  }
  return undefined;
}

type Nested = Map<string, Nested | Leaf>;
interface Leaf {
  readonly leaf: JsonValue;
}

/**
 * Nests flat names at their dots and unescapes the rest. The first value of a name wins; a value that is not
 * a mapping hides what would be nested inside it; mappings are merged member by member.
 */
export function nestObject(flat: Readonly<Record<string, JsonValue>>): JsonObject {
  const root: Nested = new Map();
  for (const [name, value] of Object.entries(flat)) insert(root, splitName(name), value);
  return toObject(root);
}

function insert(into: Nested, path: readonly string[], value: JsonValue): void {
  const [key = '', ...rest] = path;
  const present = into.get(key);
  if (rest.length === 0) {
    if (present === undefined) into.set(key, toNested(value));
    else if (present instanceof Map && isJsonObject(value)) {
      for (const [member, memberValue] of Object.entries(value)) insert(present, [member], memberValue);
    }
    return;
  }
  if (present !== undefined && !(present instanceof Map)) return;
  const next: Nested = present ?? new Map();
  if (present === undefined) into.set(key, next);
  insert(next, rest, value);
}

function toNested(value: JsonValue): Nested | Leaf {
  if (!isJsonObject(value)) return { leaf: value };
  return new Map(Object.entries(value).map(([key, member]) => [key, toNested(member)]));
}

function toObject(nested: Nested): JsonObject {
  return Object.fromEntries(
    [...nested].map(([key, member]) => [
      unescapeDots(key),
      member instanceof Map ? toObject(member) : member.leaf,
    ]),
  );
}
