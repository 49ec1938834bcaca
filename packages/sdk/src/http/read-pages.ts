import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { renderPartition } from '../tap/render-partition.ts';
import type { StreamContext } from '../tap/stream.ts';
import type { HttpClient } from './client.ts';
import type { ErrorRule } from './error-policy.ts';
import { httpError } from './errors.ts';
import type { DecodedValues, HttpAnswer, HttpRequest, HttpResponse } from './http-message.ts';
import type { FoundRecords, recordFinder } from './page-records.ts';
import { createLoopGuard, type PageRequest, type Paginator } from './paginate.ts';
import { leftOut } from './refusal.ts';
import { createEmptyGuard, createLastPage, createRepeatGuard } from './repeated-pages.ts';

export type MapRecord = (record: JsonObject, context: StreamContext) => unknown;

/** What reading page after page takes. */
export interface PagePlan {
  readonly label: string;
  readonly paginator: Paginator;
  readonly absentIsEmpty: boolean;
  readonly recordsOf: ReturnType<typeof recordFinder>;
  /** `rules` come before those of the stream. */
  send(
    request: HttpRequest,
    signal: AbortSignal,
    rules: readonly ErrorRule[],
  ): ReturnType<HttpClient['send']>;
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
    for await (const records of unlessStoppedEach(page.groups, signal))
      yield map === undefined ? records : mapped(records, map, context);
    if (signal.aborted || page.isLast()) return;
  }
}

const noSuchPage = { status: 404, action: 'accept' } as const;

interface PageRecords {
  readonly groups: Iterable<readonly JsonValue[]> | AsyncIterable<readonly JsonValue[]>;
  /** To be asked when all groups were read. */
  isLast(): boolean;
}

/** Asks for page after page. Of a page that was read nothing is kept but its records: answers may be large. */
function openPages(plan: PagePlan, context: StreamContext): () => Promise<PageRecords | undefined> {
  const { signal } = context;
  const guard = createLoopGuard(plan.label);
  const guardRepeated = createRepeatGuard(plan.label);
  const guardEmpty = createEmptyGuard(plan.label, context.log);
  const lastPage = createLastPage();
  const base = plan.request(context);
  const { first = {} } = plan.paginator;
  let patch: PageRequest = typeof first === 'function' ? first(context) : first;
  const ask = (page: PageRequest) =>
    plan.send(patched(base, page), signal, page.mayBeBeyond === true ? [noSuchPage] : []);
  let answer: Promise<HttpAnswer> | undefined = ask(patch);
  let total: number | undefined = 0;
  let number = 0;
  return async () => {
    const asked = answer;
    answer = undefined;
    const page = await asked;
    if (page === undefined) return undefined;
    number += 1;
    if (page.kind !== 'page') {
      context.log.log('warning', leftOut(base, page, placeOf(context, number)));
      if (page.kind === 'stop') context.endStream();
      else context.breakOff();
      return undefined;
    }
    const { response } = page;
    if (patch.mayBeBeyond === true && response.status === noSuchPage.status) return undefined;
    if (response.values !== undefined) return pageInGroups(plan, page, response.values, advance);
    const found = recordsIn(plan, page);
    if (patch.mayBeBeyond === true && lastPage.isAgain(found.records)) return undefined;
    const isLast = advance(response, found);
    return { groups: [found.records], isLast: () => isLast };
  };

  /** Asks for the page after one; true when there is none. */
  function advance(response: HttpResponse, { records, held }: FoundRecords): boolean {
    total = held === undefined || total === undefined ? undefined : total + held;
    const next = plan.paginator.next({ response, records, held, number, total }, patch, context);
    if (next === undefined) return true;
    guard(next);
    guardRepeated(records, number);
    guardEmpty(held ?? records.length);
    lastPage.keep(next.mayBeBeyond === true ? records : undefined);
    patch = next;
    answer = ask(patch);
    // Whoever waits for it gets the failure; until then it is nobody's.
    answer.catch(() => {});
    return false;
  }
}

/** A page whose records are found while it is read: the one after it is asked for at its end, by its last records. */
function pageInGroups(
  plan: PagePlan,
  page: HttpAnswer,
  values: DecodedValues,
  advance: (response: HttpResponse, found: FoundRecords) => boolean,
): PageRecords {
  let held = 0;
  let last: readonly JsonValue[] = [];
  const groups = async function* () {
    for await (const items of values.read()) {
      const records = items.flatMap((body) => recordsIn(plan, page, body).records);
      if (records.length === 0) continue;
      held += records.length;
      last = records;
      yield records;
    }
  };
  return { groups: groups(), isLast: () => advance(page.response, { records: last, held }) };
}

/** Which page, and of what. */
function placeOf({ partition, start, end }: StreamContext, number: number): string {
  const of = Object.keys(partition).length === 0 ? '' : ` of ${renderPartition(partition)}`;
  const window = end === undefined ? '' : `, from ${String(start)} to ${String(end)}`;
  return ` at page ${number}${of}${window}`;
}

/** A number or a text where there should be records is not a page without any. */
function recordsIn(
  plan: PagePlan,
  { response, isRuled = false }: HttpAnswer,
  body: JsonValue = response.body ?? null,
): FoundRecords {
  if (body === null || typeof body === 'object') return plan.recordsOf(body, plan.absentIsEmpty || isRuled);
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

/** The same for what comes in groups. */
async function* unlessStoppedEach<T>(
  groups: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  try {
    yield* groups;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function mapped(records: readonly JsonValue[], map: MapRecord, context: StreamContext): readonly unknown[] {
  return records.flatMap((record) => {
    const made = isJsonObject(record) ? map(record, context) : record;
    if (made === undefined) return [];
    return Array.isArray(made) && isJsonObject(record) ? (made as readonly unknown[]) : [made];
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
