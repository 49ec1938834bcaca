import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
import { documentError } from '../document/errors.ts';

/** Text is the key of a mapping, a number a position in a list, `{name}` the list item of that name. */
export type EditPath = readonly (string | number | { readonly name: string })[];

/** A path with every part resolved: keys of mappings, positions in lists. */
export type Keys = readonly (string | number)[];

/** Turns names of list items into positions. Throws `document.missing_item`, unless `lenient`. */
export function resolveIn(value: JsonValue, path: EditPath, file: string, lenient = false): Keys {
  const keys: (string | number)[] = [];
  let current: JsonValue | undefined = value;
  for (const part of path) {
    const key: string | number = typeof part === 'object' ? itemIndex(current, part.name) : part;
    if (key === -1 && !lenient) throw missingItem(file, typeof part === 'object' ? part.name : '', keys);
    keys.push(key);
    current = memberOf(current, key);
  }
  return keys;
}

function itemIndex(list: JsonValue | undefined, name: string): number {
  if (!isJsonArray(list)) return -1;
  return list.findIndex((item) => isJsonObject(item) && String(item['name'] ?? '') === name);
}

function memberOf(value: JsonValue | undefined, key: string | number): JsonValue | undefined {
  if (isJsonArray(value)) return value[Number(key)];
  return isJsonObject(value) && Object.hasOwn(value, String(key)) ? value[String(key)] : undefined;
}

function missingItem(file: string, name: string, keys: Keys) {
  return documentError('missing_item', {
    message: `${file} has no '${name}' in ${keys.join('.')}`,
    hint: `Look at \`${keys.join('.')}\` in ${file}`,
    place: { file, path: keys.join(' › ') },
  });
}

/** A copy with `member` at the path; mappings on the way are made where there are none. */
export function setIn(value: JsonValue, keys: Keys, member: JsonValue): JsonValue {
  const [key, ...rest] = keys;
  if (key === undefined) return member;
  if (isJsonArray(value) && typeof key === 'number') {
    return value.map((item, index) => (index === key ? setIn(item, rest, member) : item));
  }
  const object = isJsonObject(value) ? value : {};
  const present = Object.hasOwn(object, String(key)) ? object[String(key)] : undefined;
  return Object.fromEntries(
    new Map([...Object.entries(object), [String(key), setIn(present ?? {}, rest, member)]]),
  );
}

/** Undefined when there is nothing at the path. */
export function valueAt(value: JsonValue, keys: Keys): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const key of keys) {
    if (isJsonArray(found)) found = found[Number(key)];
    else if (isJsonObject(found)) found = Object.hasOwn(found, String(key)) ? found[String(key)] : undefined;
    else return undefined;
  }
  return found;
}

/** A copy without what is at the path. */
export function removeIn(value: JsonValue, keys: Keys): JsonValue {
  const [key = '', ...rest] = keys;
  if (isJsonArray(value)) {
    if (rest.length === 0) return value.filter((_, index) => index !== Number(key));
    return value.map((item, index) => (index === Number(key) ? removeIn(item, rest) : item));
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]): [string, JsonValue][] => {
      if (name !== String(key)) return [[name, member]];
      return rest.length === 0 ? [] : [[name, removeIn(member, rest)]];
    }),
  );
}

export function memberCount(value: JsonValue | undefined): number {
  if (isJsonArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : 0;
}
