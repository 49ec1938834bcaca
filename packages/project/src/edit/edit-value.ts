import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
import { documentError } from '../document/errors.ts';

/** Text is the key of a mapping, a number a position in a list, `{name}` the list item of that name. */
export type EditPath = readonly (string | number | { readonly name: string })[];

/** Turns names of list items into positions. Throws `document.missing_item`, unless `lenient`. */
export function resolveIn(
  value: JsonValue,
  path: EditPath,
  file: string,
  lenient = false,
): readonly (string | number)[] {
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

function missingItem(file: string, name: string, keys: readonly (string | number)[]) {
  return documentError('missing_item', {
    message: `${file} has no '${name}' in ${keys.join('.')}`,
    hint: `Look at \`${keys.join('.')}\` in ${file}`,
    place: { file, path: keys.join(' › ') },
  });
}

/** A copy with `member` at the path; mappings on the way are made where there are none. */
export function setIn(value: JsonValue, keys: readonly (string | number)[], member: JsonValue): JsonValue {
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
