import { errorMessage, isAppError } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import { withFields } from '@meltano/foundation/log';
import type { RecordItem, RecordsItem, TapContext } from '../connector.ts';
import { type Bookmark, createBookmark } from './bookmark.ts';
import { createConform } from './conform.ts';
import { tapError } from './errors.ts';
import { type PlannedStream, propertyNames } from './plan-stream.ts';
import { recordSize } from './record-size.ts';
import type { StreamContext } from './stream.ts';
import type { TapState } from './tap-state.ts';

/** Invariant 9: one item holds at most this many records, or about this many bytes, whichever comes first. */
const maxRecords = 2_000;
const maxBytes = 1_000_000;
/** A state item after this many records, when the bookmark has moved. */
const recordsPerState = 10_000;

/** Reads one stream: its schema, its records in batches, and its states. */
export async function* readStream(
  plan: PlannedStream,
  state: TapState,
  context: TapContext,
): AsyncGenerator<RecordItem> {
  const { name, keys } = plan;
  const bookmark = bookmarkOf(plan, state, context);
  yield {
    kind: 'schema',
    stream: name,
    schema: plan.schema,
    keyProperties: keys,
    ...(plan.method !== 'INCREMENTAL' || plan.replicationKey === undefined
      ? {}
      : { bookmarkProperties: [plan.replicationKey] }),
  };
  const progress = createProgress(plan, state, bookmark);
  let sinceState = 0;
  for await (const item of batches(plan, streamContext(plan, context, state, bookmark, progress), bookmark)) {
    yield item;
    sinceState += item.records.length;
    if (sinceState < recordsPerState || !progress.save()) continue;
    sinceState = 0;
    yield { kind: 'state', value: state.value() };
  }
  if (!context.signal.aborted) progress.finish();
  else progress.save();
  yield { kind: 'state', value: state.value() };
}

function bookmarkOf(plan: PlannedStream, state: TapState, context: TapContext): Bookmark | undefined {
  if (plan.method !== 'INCREMENTAL' || plan.replicationKey === undefined || plan.stream.ownBookmark)
    return undefined;
  return createBookmark({
    stream: plan.name,
    schema: plan.schema,
    replicationKey: plan.replicationKey,
    sorted: plan.stream.sorted ?? false,
    previous: state.bookmark(plan.stream.name),
    startedAt: context.clock.now(),
  });
}

interface Progress {
  /** What the stream itself said; then the SDK's own bookmark keeps still. */
  own(bookmark: JsonObject): void;
  /** Returns true when the state has moved. */
  save(): boolean;
  finish(): void;
}

function createProgress(plan: PlannedStream, state: TapState, bookmark: Bookmark | undefined): Progress {
  const id = plan.stream.name;
  let own: JsonObject | undefined;
  const save = (automatic: JsonObject | undefined) => {
    const next = own ?? automatic;
    return next !== undefined && state.save(id, next);
  };
  return {
    own(given) {
      own = given;
    },
    save: () => save(bookmark?.current()),
    finish() {
      if (!save(bookmark?.final()) && state.bookmark(id) === undefined) state.save(id, {});
    },
  };
}

function streamContext(
  plan: PlannedStream,
  context: TapContext,
  state: TapState,
  bookmark: Bookmark | undefined,
  progress: Progress,
): StreamContext {
  return {
    log: withFields(context.log, { stream: plan.name }),
    clock: context.clock,
    signal: context.signal,
    replicationMethod: plan.method,
    start: bookmark?.start,
    bookmark: plan.method === 'INCREMENTAL' ? state.bookmark(plan.stream.name) : undefined,
    schema: plan.schema,
    columns: propertyNames(plan.schema),
    saveBookmark: (own) => {
      if (plan.method === 'INCREMENTAL') progress.own(own);
    },
  };
}

async function* batches(
  plan: PlannedStream,
  context: StreamContext,
  bookmark: Bookmark | undefined,
): AsyncGenerator<RecordsItem> {
  const unknown = new Map<string, number>();
  const accept = recordReader(plan, bookmark, unknown);
  let records: JsonObject[] = [];
  let bytes = 0;
  const take = (): RecordsItem => {
    const item: RecordsItem = {
      kind: 'records',
      stream: plan.name,
      records,
      bytes,
      timeExtracted: new Date(context.clock.now()).toISOString(),
    };
    records = [];
    bytes = 0;
    return item;
  };
  let since = 0;
  for await (const yielded of recordsOf(plan, context)) {
    if (records.length === 0) since = context.clock.now();
    for (const each of Array.isArray(yielded) ? (yielded as readonly unknown[]) : [yielded]) {
      const record = accept(each);
      if (record === undefined) continue;
      bytes += recordSize(record);
      records.push(record);
      if (records.length >= maxRecords || bytes >= maxBytes) yield take();
    }
    // A slow source must not keep what it has already given: Singer rule 13.
    if (records.length > 0 && context.clock.now() - since > 1_000) yield take();
    if (context.signal.aborted) break;
  }
  if (records.length > 0) yield take();
  for (const [property, count] of unknown) {
    context.log.log('warning', `"${property}" is not in the schema of the stream and was left out`, {
      property,
      count,
    });
  }
}

/** Counts what the tap's own schema does not have in `unknown`; what is only deselected goes without a word. */
function recordReader(
  plan: PlannedStream,
  bookmark: Bookmark | undefined,
  unknown: Map<string, number>,
): (value: unknown) => JsonObject | undefined {
  const asItIs = plan.stream.exact === true && plan.whole;
  const own = new Set([...propertyNames(plan.stream.schema.json), ...propertyNames(plan.schema)]);
  const count = (name: string) => {
    if (!own.has(name)) unknown.set(name, (unknown.get(name) ?? 0) + 1);
  };
  const conform = asItIs ? (value: unknown) => value as JsonObject : createConform(plan.schema, count);
  return (value) => {
    const record = conform(value);
    if (!asItIs && !isJsonObject(record)) throw notARecord(plan.name, value);
    return bookmark === undefined || bookmark.admit(record) ? record : undefined;
  };
}

function notARecord(stream: string, value: unknown) {
  return tapError('invalid_record', {
    message: `Stream ${stream} yielded ${value === null ? 'null' : `a ${typeof value}`} instead of a record`,
    details: { stream },
  });
}

/** Says which stream failed, without hiding a code that the stream gave itself. */
async function* recordsOf(plan: PlannedStream, context: StreamContext): AsyncGenerator {
  try {
    yield* plan.stream.records(context);
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    const message = `Stream ${plan.name} failed: ${errorMessage(cause)}`;
    throw tapError('stream_failed', { message, details: { stream: plan.name }, cause });
  }
}
