import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
import { httpError } from './errors.ts';
import { type JsonPath, jsonPath } from './json-path.ts';

export interface FoundRecords {
  readonly records: readonly JsonValue[];
  /** How many the page holds, before a filter in the path; undefined where a filter's path does not tell. */
  readonly held: number | undefined;
}

export interface RecordsOptions {
  readonly records: string | ((body: JsonValue) => readonly JsonValue[]) | undefined;
  /** Stands for the request in errors. */
  readonly label: string;
}

/** What finds the records in a body; `mayBeAbsent` says that a member that the path names need not be there. */
export function recordFinder({
  records,
  label,
}: RecordsOptions): (body: JsonValue, mayBeAbsent: boolean) => FoundRecords {
  if (typeof records === 'function') return (body) => counted(records(body));
  if (records === undefined) return (body) => counted(isJsonArray(body) ? body : body === null ? [] : [body]);
  const find = jsonPath(records);
  const hold = heldBefore(records);
  const assertThere = presence(records, label);
  return (body, mayBeAbsent) => {
    const found = find(body);
    if (found.length === 0 && !mayBeAbsent) assertThere(body);
    const [only] = found;
    const items = found.length === 1 && only !== undefined && isJsonArray(only) ? only : found;
    // The list itself may be null: that is none.
    const list = items.length === 1 && items[0] === null ? [] : items;
    return { records: list, held: hold === undefined ? list.length : hold(body) };
  };
}

function counted(records: readonly JsonValue[]): FoundRecords {
  return { records, held: records.length };
}

/** Counts what stands before the first filter or slice of a path; undefined for a path without one. */
function heldBefore(path: string): ((body: JsonValue) => number | undefined) | undefined {
  const at = path.search(/\[\s*\?|\[[^\]'"]*:/);
  if (at === -1) return undefined;
  const before = pathOrNone(path.slice(0, at) || '$');
  return (body) => before?.(body).reduce((sum: number, each) => sum + sizeOf(each), 0);
}

function pathOrNone(path: string): JsonPath | undefined {
  try {
    return jsonPath(path);
  } catch {
    return undefined;
  }
}

function sizeOf(value: JsonValue): number {
  if (isJsonArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : 0;
}

/**
 * Invariant 4: an answer that lacks the member in which the records should be is not one without records; it may be an
 * error that comes with HTTP 200. Only the names at the beginning of a path are sure to be there.
 */
function presence(path: string, label: string): (body: JsonValue) => void {
  const names = leadingNames(path);
  return (body) => {
    let value: JsonValue = body;
    for (const name of names) {
      // What says that there is nothing: null, and what some languages make of an empty list.
      if (value === null || value === '' || value === false) return;
      const member: JsonValue | undefined =
        isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
      if (member === undefined && !(isJsonArray(value) && value.length === 0))
        throw absent(label, name, value);
      value = member ?? null;
    }
  };
}

function leadingNames(path: string): readonly string[] {
  const names: string[] = [];
  let rest = path.replace(/^\$/, '');
  if (!/^[.[]/.test(rest) && rest !== '') rest = `.${rest}`;
  for (;;) {
    const [whole = '', plain, single, double] =
      /^(?:\.([A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*)|\['([^'\\]*)'\]|\["([^"\\]*)"\])/.exec(rest) ?? [];
    const name = plain ?? single ?? double;
    if (name === undefined) return names;
    names.push(name);
    rest = rest.slice(whole.length);
  }
}

/** Names of members are told, never values. */
function absent(label: string, name: string, value: JsonValue) {
  const names = isJsonObject(value) ? Object.keys(value) : [];
  const shown = names.slice(0, 10).map((each) => JSON.stringify(each.slice(0, 40)));
  const what = isJsonObject(value)
    ? `an object with ${shown.length === 0 ? 'no members' : `${shown.join(', ')}${names.length > 10 ? ', …' : ''}`}`
    : isJsonArray(value)
      ? 'a list'
      : `a ${typeof value}`;
  return httpError('no_records', {
    message: `${label} answers without ${JSON.stringify(name)}, where the records should be: there is ${what}`,
    hint: 'compare "records" with an answer of the API; where it leaves the member out when there are none, say so: absentIsEmpty: true (in a manifest absent_is_empty: true)',
    details: { url: label, member: name },
  });
}
