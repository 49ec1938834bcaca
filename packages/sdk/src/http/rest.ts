import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { readMember, setMember } from '../schema/member.ts';
import type { TemplateSource } from '../tap/define-tap.ts';
import {
  defineStream,
  type ParentLink,
  type StreamContext,
  type StreamDefinition,
  type StreamPartition,
  type StreamTemplate,
} from '../tap/stream.ts';
import type { HttpClient } from './client.ts';
import { clientOf } from './client-of.ts';
import type { ErrorRule, RetryOptions } from './error-policy.ts';
import { httpError } from './errors.ts';
import type { HttpAnswer, HttpRequest, RequestParams } from './http-message.ts';
import { jsonPath } from './json-path.ts';
import { createLoopGuard, type PageRequest, type Paginator, singlePage } from './paginate.ts';

/** What each request of a stream is made of: a value, or a function of what the reading is about. */
export type PerReading<T> = T | ((context: StreamContext) => T);

export interface RestOptions<R> extends Omit<StreamDefinition<R>, 'name' | 'records' | 'parents'> {
  /**
   * Path below the API's address. `{member}` stands for a member of the partition, `{stream.field}` for a field of
   * the record of another stream, which thereby becomes the parent: `/repos/{repositories.full_name}/issues`.
   */
  readonly path: string;
  /** The path, or a whole address of the API's host, where it takes more than members; `path` is its label then. */
  readonly address?: (context: StreamContext) => string;
  /** Default GET. */
  readonly method?: string;
  readonly params?: PerReading<RequestParams>;
  readonly headers?: PerReading<Readonly<Record<string, string>>>;
  readonly json?: PerReading<JsonValue>;
  readonly form?: PerReading<Readonly<Record<string, string>>>;
  /** JSONPath of the records in a page, or a function. Default `$[*]`, or the page itself when it is an object. */
  readonly records?: string | ((body: JsonValue) => readonly JsonValue[]);
  readonly paginate?: Paginator;
  /**
   * The record's parent: `fields` names the members of the partition and where they stand in the parent's record.
   * Not needed where `path` names a field of it.
   */
  readonly parent?: RestParent | readonly RestParent[];
  /** The query parameter that takes the start of an incremental reading, and the one that takes the end of a window. */
  readonly since?: string | { readonly param: string; readonly until?: string };
  /** Members to add: their names, and JSONPaths in the record, e.g. `{ user_id: 'user.id' }`. */
  readonly add?: Readonly<Record<string, string>>;
  /** Changes a record, or leaves it out with undefined; comes after `add`. */
  readonly map?: (record: JsonObject, context: StreamContext) => R | undefined;
  readonly onError?: readonly ErrorRule[];
  /** How much of the rate limits a request takes. */
  readonly cost?: number;
  /** In place of the API's own. */
  readonly retry?: RetryOptions;
}

export interface RestParent {
  readonly stream: string;
  /** Member of the partition → JSONPath in the parent's record, e.g. `{ repo: 'full_name' }`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly allRecords?: boolean;
}

/** A stream read from a REST API: for `streams` of a tap that has `http`. */
export function rest<R>(options: RestOptions<R>): StreamTemplate<TemplateSource> {
  return (name, source) => {
    const { parents, path } = parentsOf(options);
    const {
      path: _path,
      method,
      params,
      headers,
      json,
      form,
      records,
      paginate,
      parent,
      since,
      add,
      map,
      onError,
      cost,
      retry,
      address,
      ...definition
    } = options;
    const client = clientOf(source, name);
    const plan: PagePlan = {
      label: options.path,
      paginator: paginate ?? singlePage,
      recordsOf: recordsOf(records),
      send: (request, signal) => client.send(request, { signal, onError, retry }),
      request: (context) => ({
        method: method ?? 'GET',
        ...(address === undefined
          ? { url: filled(path, context.partition, options.path) }
          : { url: address(context), followed: true }),
        label: options.path,
        params: { ...sinceParams(since, context), ...given(params, context) },
        headers: { ...given(headers, context) },
        ...(json === undefined ? {} : { json: given(json, context) ?? null }),
        ...(form === undefined ? {} : { form: given(form, context) ?? {} }),
        ...(cost === undefined ? {} : { cost }),
      }),
    };
    return defineStream({
      ...definition,
      name,
      ...(parents.length === 0 ? {} : { parents }),
      records: (context: StreamContext) =>
        readPages(plan, context, mapOf(add, map as MapRecord | undefined)) as AsyncIterable<readonly R[]>,
    } as StreamDefinition<R>);
  };
}

function mapOf(
  add: Readonly<Record<string, string>> | undefined,
  map: MapRecord | undefined,
): MapRecord | undefined {
  if (add === undefined) return map;
  const members = Object.entries(add).map(([name, path]) => [name, jsonPath(path)] as const);
  return (record, context) => {
    const more: Record<string, JsonValue> = {};
    for (const [name, find] of members) setMember(more, name, find(record)[0] ?? null);
    const whole = { ...record, ...more };
    return map === undefined ? whole : map(whole, context);
  };
}

export type MapRecord = (record: JsonObject, context: StreamContext) => unknown;

/** What reading page after page takes. */
export interface PagePlan {
  readonly label: string;
  readonly paginator: Paginator;
  recordsOf(body: JsonValue): readonly JsonValue[];
  send(request: HttpRequest, signal: AbortSignal): ReturnType<HttpClient['send']>;
  request(context: StreamContext): HttpRequest;
}

/** Yields the records of page after page; the next page is asked for while the one before is being used. */
export async function* readPages(
  plan: PagePlan,
  context: StreamContext,
  map: MapRecord | undefined,
): AsyncGenerator<readonly unknown[]> {
  const { signal } = context;
  const nextPage = openPages(plan, context);
  for (;;) {
    const page = await unlessStopped(nextPage(), signal);
    if (page === undefined) return;
    yield map === undefined ? page.records : mapped(page.records, map, context);
    if (page.isLast || signal.aborted) return;
  }
}

interface PageRecords {
  readonly records: readonly JsonValue[];
  readonly isLast: boolean;
}

/** Asks for page after page. Of a page that was read nothing is kept but its records: answers may be large. */
function openPages(plan: PagePlan, context: StreamContext): () => Promise<PageRecords | undefined> {
  const { signal } = context;
  const guard = createLoopGuard(plan.label);
  const base = plan.request(context);
  let patch: PageRequest = plan.paginator.first ?? {};
  let answer: Promise<HttpAnswer> | undefined = plan.send(patched(base, patch), signal);
  let total = 0;
  let number = 0;
  return async () => {
    const asked = answer;
    answer = undefined;
    const page = await asked;
    if (page === undefined || page.kind === 'skip') return undefined;
    if (page.kind === 'stop') {
      context.endStream();
      return undefined;
    }
    const { response } = page;
    const records = recordsIn(plan, response.body ?? null);
    total += records.length;
    number += 1;
    const next = plan.paginator.next({ response, records, number, total }, patch);
    if (next !== undefined) {
      guard(next);
      patch = next;
      answer = plan.send(patched(base, patch), signal);
      // Whoever waits for it gets the failure; until then it is nobody's.
      answer.catch(() => {});
    }
    return { records, isLast: next === undefined };
  };
}

/** A number or a text where there should be records is not a page without any. */
function recordsIn(plan: PagePlan, body: JsonValue): readonly JsonValue[] {
  if (body === null || typeof body === 'object') return plan.recordsOf(body);
  throw httpError('no_records', {
    message: `${plan.label} answers with a ${typeof body} in place of records`,
    hint: 'compare the address with the documentation of the API',
    details: { url: plan.label },
  });
}

/** A stopped run is no failure of the stream. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function mapped(records: readonly JsonValue[], map: MapRecord, context: StreamContext): readonly unknown[] {
  return records.flatMap((record) => {
    const made = isJsonObject(record) ? map(record, context) : record;
    return made === undefined ? [] : [made];
  });
}

function patched(request: HttpRequest, { url, params, headers, json, form }: PageRequest): HttpRequest {
  return {
    ...request,
    // A link of the API's own says all that the request needs.
    ...(url === undefined ? {} : { url, params: {}, followed: true }),
    ...(params === undefined ? {} : { params: { ...request.params, ...params } }),
    ...(headers === undefined ? {} : { headers: { ...request.headers, ...headers } }),
    ...(form === undefined ? {} : { form: { ...request.form, ...form } }),
    ...(json === undefined ? {} : { json: merged(isJsonObject(request.json) ? request.json : {}, json) }),
  };
}

function merged(body: JsonObject, more: JsonObject): JsonObject {
  let result = body;
  for (const [name, value] of Object.entries(more)) result = withMember(result, name.split('.'), value);
  return result;
}

function withMember(body: JsonObject, [name = '', ...rest]: readonly string[], value: JsonValue): JsonObject {
  if (rest.length === 0) return { ...body, [name]: value };
  const inner = body[name];
  return { ...body, [name]: withMember(isJsonObject(inner) ? inner : {}, rest, value) };
}

function given<T>(value: PerReading<T> | undefined, context: StreamContext): T | undefined {
  return typeof value === 'function' ? (value as (context: StreamContext) => T)(context) : value;
}

function sinceParams(since: RestOptions<unknown>['since'], { start, end }: StreamContext): RequestParams {
  if (since === undefined) return {};
  const { param, until } = typeof since === 'string' ? { param: since, until: undefined } : since;
  return { [param]: start, ...(until === undefined ? {} : { [until]: end }) };
}

function recordsOf(records: RestOptions<unknown>['records']): PagePlan['recordsOf'] {
  if (typeof records === 'function') return records;
  if (records !== undefined) return jsonPath(records);
  return (body) => (isJsonArray(body) ? body : body === null ? [] : [body]);
}

/** The parents, named or told by the path's placeholders, and the path with members of the partition only. */
function parentsOf(options: Pick<RestOptions<unknown>, 'path' | 'parent'>): {
  readonly parents: readonly ParentLink[];
  readonly path: string;
} {
  const named = options.parent === undefined ? [] : [options.parent].flat();
  const told = new Map<string, Record<string, string>>();
  const path = options.path.replaceAll(/\{([\w-]+)\.([\w.-]+)\}/g, (_, stream: string, field: string) => {
    const member = `${stream}_${field.replaceAll('.', '_')}`;
    told.set(stream, { ...told.get(stream), [member]: field });
    return `{${member}}`;
  });
  const links = [...named, ...[...told].map(([stream, fields]) => ({ stream, fields }))];
  return { parents: links.map(parentLink), path };
}

function parentLink({ stream, fields, allRecords }: RestParent): ParentLink {
  const paths = Object.entries(fields).map(([member, path]) => [member, jsonPath(path)] as const);
  return {
    stream,
    ...(allRecords === undefined ? {} : { allRecords }),
    partition: (record, parent) => {
      const members = paths.map(([member, find]) => [member, find(record)[0]] as const);
      // A parent without the field has no children to ask for.
      if (members.some(([, value]) => value === undefined || value === null)) return undefined;
      return { ...parent, ...Object.fromEntries(members) } as StreamPartition;
    },
  };
}

/** Every value is escaped, slashes included, but for those in a name of two parts such as `owner/repo`. */
function filled(path: string, partition: StreamPartition, written: string): string {
  return path.replaceAll(/\{([\w-]+)\}/g, (_, name: string) => {
    const value = readMember<JsonValue>(name)(partition);
    if (value === undefined || value === null)
      throw new TypeError(`there is no "${name}" for the path ${written}`);
    return String(value).split('/').map(encodeURIComponent).join('/');
  });
}
