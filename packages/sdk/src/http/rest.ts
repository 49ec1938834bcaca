import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { setMember } from '../schema/member.ts';
import type { TemplateSource } from '../tap/define-tap.ts';
import {
  defineStream,
  type ParentLink,
  type StreamContext,
  type StreamDefinition,
  type StreamPartition,
  type StreamTemplate,
} from '../tap/stream.ts';
import { clientOf } from './client-of.ts';
import type { Decoder } from './decode/decoder.ts';
import type { ErrorRule, RetryOptions } from './error-policy.ts';
import { assertStraight, fillPath, type PathTemplate } from './fill-path.ts';
import type { HttpResponse, RequestParams } from './http-message.ts';
import { jsonPath } from './json-path.ts';
import { recordFinder } from './page-records.ts';
import { type Paginator, singlePage } from './paginate.ts';
import { type MapRecord, type PagePlan, readPages } from './read-pages.ts';
import { labelOf } from './refusal.ts';

/** What each request of a stream is made of: a value, or a function of what the reading is about. */
export type PerReading<T> = T | ((context: StreamContext) => T);

export interface RestOptions<R> extends Omit<StreamDefinition<R>, 'name' | 'records' | 'parents'> {
  /**
   * Path below the API's address. `{member}` stands for a member of the partition, `{stream.field}` for a field of
   * the record of another stream, which thereby becomes the parent: `/users/{users.id}/orders`. A value stays one
   * segment of the path; `{+repositories.full_name}` lets the slashes in it be.
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
  /** The body as it is; name its type in `headers`. */
  readonly text?: PerReading<string>;
  /**
   * How an answer that is not JSON is read: `jsonLines()`, `csvRows()`, either or `jsonDocument()` in `gzipped(…)`, which
   * take answers of any size; or what makes JSON of it, `response.text` being its body. Of lines and rows, `records` is
   * about each of them. The API's `accept` header may have to be set, too.
   */
  readonly decode?: ((response: HttpResponse) => JsonValue) | Decoder;
  /**
   * JSONPath of the records in a page, or of the list that holds them, or a function, which gives all that the page
   * has: what is not wanted is left out by `map`. Default `$[*]`, or the page itself when it is an object.
   */
  readonly records?: string | ((body: JsonValue) => readonly JsonValue[]);
  /**
   * The API leaves a member that the path of `records` names out where there are no records. Otherwise such an answer
   * fails the stream: it may be an error that comes with HTTP 200.
   */
  readonly absentIsEmpty?: boolean;
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
  /** Changes a record, leaves it out with undefined, or makes several of it; comes after `add`. */
  readonly map?: (record: JsonObject, context: StreamContext) => R | readonly R[] | undefined;
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
  /**
   * Further members, for requests and records; null where the parent's record lacks them. They are part of the
   * partition, too, so leave them out of `stateKeys` where they may change.
   */
  readonly extra?: Readonly<Record<string, string>>;
  readonly allRecords?: boolean;
}

/** A stream read from a REST API: for `streams` of a tap that has `http`. */
export function rest<R>(options: RestOptions<R>): StreamTemplate<TemplateSource> {
  return (name, source) => {
    const { parents, ...told } = parentsOf(options);
    const template: PathTemplate = { stream: name, written: options.path, ...told };
    const label = labelOf(options.path);
    const {
      path: _path,
      method,
      params,
      headers,
      json,
      form,
      decode,
      text,
      records,
      absentIsEmpty = false,
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
      label,
      paginator: paginate ?? singlePage,
      absentIsEmpty,
      recordsOf: recordFinder({ records, label }),
      send: (request, signal, rules) =>
        client.send(request, { signal, onError: [...rules, ...(onError ?? [])], retry, decode }),
      request: (context) => ({
        method: method ?? 'GET',
        ...(address === undefined
          ? { url: fillPath(template, context.partition) }
          : { url: straight(address(context), template), followed: true }),
        label,
        params: { ...sinceParams(since, context), ...given(params, context) },
        headers: { ...given(headers, context) },
        ...(json === undefined ? {} : { json: given(json, context) ?? null }),
        ...(form === undefined ? {} : { form: given(form, context) ?? {} }),
        ...(text === undefined ? {} : { text: given(text, context) ?? '' }),
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

function given<T>(value: PerReading<T> | undefined, context: StreamContext): T | undefined {
  return typeof value === 'function' ? (value as (context: StreamContext) => T)(context) : value;
}

function sinceParams(since: RestOptions<unknown>['since'], { start, end }: StreamContext): RequestParams {
  if (since === undefined) return {};
  const { param, until } = typeof since === 'string' ? { param: since, until: undefined } : since;
  return { [param]: start, ...(until === undefined ? {} : { [until]: end }) };
}

function straight(address: string, template: PathTemplate): string {
  assertStraight(address, template);
  return address;
}

/** The parents, named or told by the path's placeholders, and the path with members of the partition only. */
function parentsOf(options: Pick<RestOptions<unknown>, 'path' | 'parent'>): {
  readonly parents: readonly ParentLink[];
  readonly path: string;
  readonly origins: PathTemplate['origins'];
} {
  const named = options.parent === undefined ? [] : [options.parent].flat();
  const told = new Map<string, Record<string, string>>();
  const path = options.path.replaceAll(
    /\{(\+?)([\w-]+)\.([\w.-]+)\}/g,
    (_, plus: string, stream: string, field: string) => {
      const member = `${stream}_${field.replaceAll('.', '_')}`;
      told.set(stream, { ...told.get(stream), [member]: field });
      return `{${plus}${member}}`;
    },
  );
  const links = [...named, ...[...told].map(([stream, fields]) => ({ stream, fields }))];
  const origins = new Map(
    links.flatMap(({ stream, fields }) =>
      Object.entries(fields).map(([member, field]) => [member, `${stream}.${field}`] as const),
    ),
  );
  return { parents: links.map(parentLink), path, origins };
}

/** The link to a parent that is told by JSONPaths. */
export function parentLink({ stream, fields, extra = {}, allRecords }: RestParent): ParentLink {
  const pathsIn = (given: RestParent['fields']) =>
    Object.entries(given).map(([member, path]) => [member, jsonPath(path)] as const);
  const [paths, more] = [pathsIn(fields), pathsIn(extra)];
  return {
    stream,
    ...(allRecords === undefined ? {} : { allRecords }),
    partition: (record, parent) => {
      const members = paths.map(([member, find]) => [member, find(record)[0]] as const);
      // A parent without the field has no children to ask for.
      if (members.some(([, value]) => value === undefined || value === null)) return undefined;
      const added = more.map(([member, find]) => [member, find(record)[0] ?? null] as const);
      return { ...parent, ...Object.fromEntries([...members, ...added]) } as StreamPartition;
    },
  };
}
