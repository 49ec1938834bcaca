import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { MapRecord } from '../http/read-pages.ts';
import { setMember } from '../schema/member.ts';
import { type Compiling, compile, settled } from './compiling.ts';
import type { StreamManifest, TransformManifest } from './manifest.ts';
import { createMoment } from './stream-scope.ts';
import { isTruthy, shown, type TemplateScope } from './template.ts';

/** What becomes of each record: `where`, then `compute`, `transform`, `remove` and `rename`; `where_last` comes after them. */
export function shapeRecord(
  stream: StreamManifest,
  label: string,
  compiling: Compiling,
): MapRecord | undefined {
  const { where, where_last: isLast = false, compute, transform = [], remove = [], rename = {} } = stream;
  if (
    [where, compute].every((each) => each === undefined) &&
    transform.length + remove.length === 0 &&
    Object.keys(rename).length === 0
  )
    return undefined;
  const isWanted = where === undefined ? undefined : compile(where, `${label}.where`, compiling);
  const computed = compute === undefined ? undefined : compile(compute, `${label}.compute`, compiling);
  const steps = transform.map((each, at) => stepOf(each, `${label}.transform[${at}]`, compiling));
  const removed = new Set(remove);
  const nameOf = new Map(Object.entries(rename));
  const moment = createMoment(stream);
  return (record, { partition, start, end }) => {
    const scope = { record, partition, start: moment(start), end: moment(end) };
    const leavesOut = (each: JsonObject) =>
      isWanted !== undefined && !isTruthy(isWanted({ ...scope, record: each }));
    if (!isLast && leavesOut(record)) return undefined;
    let whole: JsonObject = { ...record, ...(computed?.(scope) as JsonObject | undefined) };
    for (const step of steps) whole = step(whole, { ...scope, record: whole });
    const made: Record<string, JsonValue> = {};
    for (const [name, value] of Object.entries(whole))
      if (!removed.has(name)) setMember(made, nameOf.get(name) ?? name, value);
    return isLast && leavesOut(made) ? undefined : made;
  };
}

type Step = (record: JsonObject, scope: TemplateScope) => JsonObject;

function stepOf(given: TransformManifest, label: string, compiling: Compiling): Step {
  const change = changeOf(given, label, compiling);
  if (given.when === undefined) return change;
  const holds = compile(given.when, `${label}.when`, compiling);
  return (record, scope) => (isTruthy(holds(scope)) ? change(record, scope) : record);
}

function changeOf(given: TransformManifest, label: string, compiling: Compiling): Step {
  const { set, remove, keys, replace, flatten } = given;
  if (set !== undefined) {
    const value = compile(given.value ?? null, `${label}.value`, compiling);
    return (record, scope) => withMember(record, set.split('.'), value(scope));
  }
  if (remove !== undefined) return (record) => withoutMember(record, remove.split('.'));
  if (keys !== undefined) return (record) => renamed(record, keys === 'lower' ? lowerCase : snakeCase);
  if (replace !== undefined) {
    const old = shown(settled(replace, `${label}.replace`, compiling));
    const own = shown(settled(given.with ?? '', `${label}.with`, compiling));
    // What is not set replaces nothing.
    return old === '' ? (record) => record : (record) => renamed(record, (name) => name.split(old).join(own));
  }
  if (flatten === true) return flattened;
  return flatten === undefined ? (record) => record : (record) => lifted(record, flatten);
}

function withMember(
  record: JsonObject,
  [name = '', ...rest]: readonly string[],
  value: JsonValue,
): JsonObject {
  if (rest.length === 0) return withOne(record, name, value);
  const inner = Object.hasOwn(record, name) ? record[name] : undefined;
  return withOne(
    record,
    name,
    withMember(isJsonObject(inner ?? null) ? (inner as JsonObject) : {}, rest, value),
  );
}

function withOne(record: JsonObject, name: string, value: JsonValue): JsonObject {
  const made: Record<string, JsonValue> = { ...record };
  setMember(made, name, value);
  return made;
}

/** A star stands for each member of an object, and each item of a list. */
function withoutMember(record: JsonObject, [name = '', ...rest]: readonly string[]): JsonObject {
  if (name === '*' && rest.length === 0) return {};
  if (name === '*')
    return Object.fromEntries(Object.entries(record).map(([own, each]) => [own, without(each, rest)]));
  if (!Object.hasOwn(record, name)) return record;
  const { [name]: inner = null, ...others } = record;
  if (rest.length === 0) return others;
  return withOne(record, name, without(inner, rest));
}

function without(value: JsonValue, path: readonly string[]): JsonValue {
  if (isJsonObject(value)) return withoutMember(value, path);
  const [name, ...rest] = path;
  if (!isJsonArray(value) || name !== '*') return value;
  return rest.length === 0 ? [] : value.map((each: JsonValue) => without(each, rest));
}

/** A name that would take the place of another's stays as it is. */
function renamed<T extends JsonValue>(value: T, rename: (name: string) => string): T {
  if (isJsonArray(value)) return value.map((each: JsonValue) => renamed(each, rename)) as JsonValue as T;
  if (!isJsonObject(value)) return value;
  const made: Record<string, JsonValue> = {};
  const names = Object.keys(value);
  const taken = new Set(names.filter((name) => rename(name) === name));
  for (const [name, each] of Object.entries(value as JsonObject)) {
    const wanted = rename(name);
    const own = wanted === name || !taken.has(wanted) ? wanted : name;
    taken.add(own);
    setMember(made, own, renamed(each, rename));
  }
  return made as JsonValue as T;
}

const lowerCase = (name: string) => name.toLowerCase();

/** `firstName`, `First Name` and `HTTPCode2` become `first_name`, `first_name` and `http_code_2`. */
function snakeCase(name: string): string {
  const words = name.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{M}]+|\p{N}+/gu) ?? [name];
  return words.map((word) => word.toLowerCase()).join('_');
}

/** Members of objects, at any depth, become members of the record; of equal names the outer stays. */
function flattened(record: JsonObject): JsonObject {
  const made: Record<string, JsonValue> = {};
  const visit = (value: JsonObject) => {
    for (const [name, each] of Object.entries(value)) {
      if (isJsonObject(each)) visit(each);
      else if (!Object.hasOwn(made, name)) setMember(made, name, each);
    }
  };
  visit(record);
  return made;
}

/** The members of one object become members of the record. */
function lifted(record: JsonObject, path: string): JsonObject {
  let inner: JsonValue = record;
  for (const name of path.split('.'))
    inner = isJsonObject(inner) && Object.hasOwn(inner, name) ? (inner[name] ?? null) : null;
  return isJsonObject(inner) ? { ...record, ...inner } : record;
}
