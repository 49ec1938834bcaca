import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { type GraphqlOptions, graphql } from '../http/graphql.ts';
import type { RequestParams } from '../http/http-message.ts';
import { type JsonPath, jsonPath } from '../http/json-path.ts';
import { type MapRecord, type RestOptions, rest } from '../http/rest.ts';
import { setMember } from '../schema/member.ts';
import { s } from '../schema/schema.ts';
import type { TemplateSource } from '../tap/define-tap.ts';
import type { StreamContext, StreamTemplate } from '../tap/stream.ts';
import { type Compiling, compile, requiredText, settled, textsOf } from './compiling.ts';
import { manifestError } from './errors.ts';
import { errorRuleOf } from './http-of.ts';
import type { ParentManifest, StreamManifest } from './manifest.ts';
import { paginatorOf } from './paginator-of.ts';
import { isTruthy, type TemplateScope } from './template.ts';

/** A stream of a manifest with its schema. */
export function streamOf(
  name: string,
  stream: StreamManifest,
  schema: JsonObject,
  compiling: Compiling,
): StreamTemplate<TemplateSource> {
  const label = `streams.${name}`;
  const options = {
    ...definitionOf(stream),
    schema: s.of(schema),
    ...requestOf(stream, label, compiling),
    ...(stream.records === undefined ? {} : { records: recordsOf(stream.records, `${label}.records`) }),
    ...(stream.paginate === undefined
      ? {}
      : { paginate: paginatorOf(stream.paginate, `${label}.paginate`, compiling) }),
    ...(stream.partitions === undefined
      ? {}
      : { partitions: partitionsOf(stream.partitions, `${label}.partitions`, compiling) }),
    map: mapOf(stream, label, compiling),
    onError: (stream.on_error ?? []).map(errorRuleOf),
  };
  return stream.query === undefined
    ? rest(options as unknown as RestOptions<JsonObject>)
    : graphql(options as unknown as GraphqlOptions<JsonObject>);
}

function definitionOf(stream: StreamManifest) {
  const { keys, replication_key: replicationKey, sorted, epoch, overlap, windows, since } = stream;
  const { parent, state_keys: stateKeys, add, selected } = stream;
  return defined({
    keys,
    replicationKey,
    sorted,
    epoch,
    overlap: overlap === undefined ? undefined : durationOf(overlap),
    windows: windows === undefined ? undefined : durationOf(windows),
    since,
    parent:
      parent === undefined ? undefined : [parent].flat().map((each) => parentOf(each as ParentManifest)),
    stateKeys,
    add,
    selectedByDefault: selected,
  });
}

function parentOf({ stream, fields, all_records: allRecords }: ParentManifest) {
  return { stream, fields, ...defined({ allRecords }) };
}

function requestOf(stream: StreamManifest, label: string, compiling: Compiling) {
  const { path, method, query, variables, params, headers, json, form } = stream;
  if (path === undefined && query === undefined) {
    throw manifestError('invalid', {
      message: `${label} needs "path" or, for GraphQL, "query"`,
      hint: 'name the path below api.url',
    });
  }
  const perReading = (value: JsonValue | undefined, member: string) => {
    if (value === undefined) return undefined;
    const template = compile(value, `${label}.${member}`, compiling);
    return (context: StreamContext) => template(scopeOf(context));
  };
  const asTexts = (made: ((context: StreamContext) => JsonValue) | undefined) =>
    made === undefined ? undefined : (context: StreamContext) => textsOf(made(context));
  return defined({
    path: path === undefined ? undefined : requiredText(path, `${label}.path`, compiling),
    method,
    query,
    variables: perReading(variables, 'variables'),
    params: perReading(params, 'params') as ((context: StreamContext) => RequestParams) | undefined,
    headers: asTexts(perReading(headers, 'headers')),
    json: perReading(json, 'json'),
    form: asTexts(perReading(form, 'form')),
  });
}

/** What templates of a stream's requests may use. Without a window the end is now. */
function scopeOf({ partition, start, end, clock }: StreamContext): TemplateScope {
  return {
    partition,
    start: start ?? null,
    end: end ?? (start === undefined ? null : new Date(clock.now()).toISOString()),
  };
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

function durationOf(text: string): number {
  return Number(text.slice(0, -1)) * (units[text.at(-1) ?? 's'] ?? 1) * 1_000;
}

/** What a path finds; the items, where it finds one list. */
function recordsOf(path: string, label: string): (body: JsonValue) => readonly JsonValue[] {
  const find = checkedPath(path, label);
  return (body) => {
    const found = find(body);
    const [only] = found;
    return found.length === 1 && only !== undefined && isJsonArray(only) ? only : found;
  };
}

function checkedPath(path: string, label: string): JsonPath {
  try {
    return jsonPath(path);
  } catch (cause) {
    throw manifestError('invalid', {
      message: `${label} is no JSONPath: ${path}`,
      hint: 'write it like $.data[*]',
      cause,
    });
  }
}

/** A list of partitions, or the values of one member, each of which is one. */
function partitionsOf(
  given: NonNullable<StreamManifest['partitions']>,
  label: string,
  compiling: Compiling,
): readonly JsonObject[] {
  const value = settled(given as JsonValue, label, compiling);
  if (isJsonArray(value)) return value.filter(isJsonObject);
  const [[member, values] = ['', null], ...more] = Object.entries(isJsonObject(value) ? value : {});
  if (more.length === 0 && isJsonArray(values)) return values.map((each) => ({ [member]: each }));
  throw manifestError('invalid', {
    message: `${label} must be one member with a list`,
    hint: 'write it like {account: [a, b]}, or as a list of objects',
  });
}

function mapOf(stream: StreamManifest, label: string, compiling: Compiling): MapRecord | undefined {
  const { where, compute, remove = [], rename = {} } = stream;
  if (where === undefined && compute === undefined && remove.length === 0 && Object.keys(rename).length === 0)
    return undefined;
  const isWanted = where === undefined ? undefined : compile(where, `${label}.where`, compiling);
  const computed = compute === undefined ? undefined : compile(compute, `${label}.compute`, compiling);
  const removed = new Set(remove);
  const nameOf = new Map(Object.entries(rename));
  return (record, { partition }) => {
    const scope = { record, partition };
    if (isWanted !== undefined && !isTruthy(isWanted(scope))) return undefined;
    const made: Record<string, JsonValue> = {};
    const whole = { ...record, ...(computed?.(scope) as JsonObject | undefined) };
    for (const [name, value] of Object.entries(whole))
      if (!removed.has(name)) setMember(made, nameOf.get(name) ?? name, value);
    return made;
  };
}

/** Without the members that are undefined. */
function defined<T extends object>(value: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}
