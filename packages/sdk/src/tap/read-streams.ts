import { errorMessage, isAppError } from '@meltano/foundation/errors';
import type { JsonObject } from '@meltano/foundation/json';
import { withFields } from '@meltano/foundation/log';
import { eachConcurrently } from '../concurrency.ts';
import type { RecordItem, TapContext } from '../connector.ts';
import type { CursorWindow } from './cursor.ts';
import { tapError } from './errors.ts';
import { createOutbox } from './outbox.ts';
import { type PlannedStream, propertyNames } from './plan-stream.ts';
import type { ParentLink, StreamContext, StreamPartition } from './stream.ts';
import { createStreamReading, type PartitionCursor, type StreamReading } from './stream-reading.ts';
import { partitionKey, type TapState } from './tap-state.ts';

/** How the streams of one run are read. */
export interface ReadPolicy {
  /** How many independent streams, and how many partitions of one stream, are read at a time. 1: one after the other, in a fixed order. */
  readonly concurrency: number;
  /** What happens to the other streams when one fails; either way the run fails in the end. */
  readonly onStreamError: 'stop' | 'continue';
  /** Nothing older is wanted of streams whose replication key is a time. */
  readonly startDate: string | undefined;
  /** FULL_TABLE streams send a version, and announce it when they were read to their end. */
  readonly activateVersions: boolean;
}

/** A state item after this many records or milliseconds, when something can be saved. */
const recordsPerState = 10_000;
const stateInterval = 10_000;
/** A slow source must not keep what it has already given: Singer rule 13. */
const flushInterval = 1_000;
/** After so many steps of a source that never waits one looks at the clock. */
const stepsPerLook = 64;
/** Records of a parent whose children are read together. */
const parentsPerRound = 100;

/**
 * Reads the planned streams. Each is read by an async function of its own; all put what they have into one queue,
 * where a state comes after everything that it covers:
 *
 * - a partition may be saved when its records, and those of all children read for them, are in batches;
 * - a checkpoint empties the batches of all streams into the queue, saves what may be saved, and then puts the
 *   state into the queue.
 */
export async function* readStreams(
  roots: readonly PlannedStream[],
  state: TapState,
  context: TapContext,
  policy: ReadPolicy,
): AsyncGenerator<RecordItem> {
  const stop = new AbortController();
  const run = createRun(
    state,
    { ...context, signal: AbortSignal.any([context.signal, stop.signal]) },
    policy,
  );
  const work = run
    .read(roots, () => stop.abort())
    .then(
      () => run.outbox.close(),
      (error: unknown) => run.outbox.close({ error }),
    );
  try {
    yield* run.outbox.items();
  } finally {
    stop.abort();
    run.outbox.close();
    await work;
  }
}

interface Run {
  readonly outbox: ReturnType<typeof createOutbox>;
  read(roots: readonly PlannedStream[], stop: () => void): Promise<void>;
}

function createRun(state: TapState, context: TapContext, policy: ReadPolicy): Run {
  const { clock, signal, log } = context;
  // The flag of a composite signal is dear to ask for at every record.
  let isStopped = signal.aborted;
  signal.addEventListener('abort', () => {
    isStopped = true;
  });
  const startedAt = clock.now();
  const outbox = createOutbox();
  const readings = new Map<PlannedStream, StreamReading>();
  /** Bookmarks that may be stored once all batches are in the queue, by stream and partition. */
  const savable = new Map<string, () => boolean>();
  let changed = false;
  let sinceState = 0;
  let stateAt = startedAt;

  /** Streams that are read only below what is new of a parent: never whole, whatever their own method. */
  const partial = new Set<PlannedStream>();
  const findPartial = (plan: PlannedStream, isPartial: boolean): void => {
    if (isPartial) partial.add(plan);
    for (const child of plan.children) findPartial(child.plan, isPartial || plan.method !== 'FULL_TABLE');
  };

  const readingOf = (plan: PlannedStream): StreamReading => {
    const known = readings.get(plan);
    if (known !== undefined) return known;
    const reading = createStreamReading(
      plan,
      plan.children.map((child) => readingOf(child.plan)),
      {
        state,
        now: () => clock.now(),
        startedAt,
        startDate: policy.startDate,
        maxRecords: context.maxRecords,
        version:
          policy.activateVersions && plan.method === 'FULL_TABLE' && !partial.has(plan)
            ? startedAt
            : undefined,
      },
    );
    readings.set(plan, reading);
    return reading;
  };

  const flush = async (reading: StreamReading) => {
    const item = reading.take();
    if (item === undefined) return;
    sinceState += item.records.length;
    await outbox.push(item);
  };

  /** Everything up to the first wait happens at once: no other stream can put anything between. */
  const checkpoint = async (mustSend = false, ended: readonly StreamReading[] = []) => {
    const pushed: Promise<void>[] = [];
    for (const reading of readings.values()) pushed.push(flush(reading));
    for (const { plan, version } of ended) {
      if (version !== undefined && plan.selected)
        pushed.push(outbox.push({ kind: 'activate-version', stream: plan.name, version }));
    }
    for (const save of savable.values()) changed = save() || changed;
    savable.clear();
    sinceState = 0;
    stateAt = clock.now();
    if (changed || mustSend) pushed.push(outbox.push({ kind: 'state', value: state.value() }));
    changed = false;
    await Promise.all(pushed);
  };

  const isStateDue = (now: number) =>
    (sinceState >= recordsPerState || now - stateAt >= stateInterval) && (savable.size > 0 || changed);
  const checkpointIfDue = async () => {
    if (isStateDue(clock.now())) await checkpoint();
  };

  const maySave = (plan: PlannedStream, key: StreamPartition, bookmark: JsonObject | undefined) => {
    const { name } = plan.stream;
    if (bookmark !== undefined)
      savable.set(`${name}\0${partitionKey(key)}`, () => state.save(name, bookmark, key));
  };

  const readPartition = async (reading: StreamReading, partition: StreamPartition): Promise<void> => {
    const { plan } = reading;
    const place = reading.cursor(partition);
    const { cursor } = place;
    let own: JsonObject | undefined;
    const saveBookmark = (given: JsonObject) => {
      if (plan.method !== 'FULL_TABLE') own = given;
    };
    const safe = () => {
      if (!place.isShared || own !== undefined) maySave(plan, place.key, own ?? cursor?.current());
    };
    const windows: Iterable<CursorWindow> = cursor?.windows() ?? [{ start: undefined, end: undefined }];
    for (const window of windows) {
      if (isStopped || reading.isDone) break;
      const given = streamContext(reading, context, { state, partition, place, window, saveBookmark });
      await readWindow(reading, given, place, safe);
      if (isStopped || reading.isDone) break;
      if (!place.isShared) cursor?.finish(window);
      safe();
      await checkpointIfDue();
    }
    if (isStopped || reading.isDone) return;
    if (!place.isShared) maySave(plan, place.key, own ?? cursor?.final());
    await checkpointIfDue();
  };

  const readWindow = async (
    reading: StreamReading,
    given: StreamContext,
    { cursor }: PartitionCursor,
    safe: () => void,
  ): Promise<void> => {
    const parents: JsonObject[] = [];
    const readChildren = async () => {
      if (parents.length === 0) return;
      await flush(reading);
      for (const { link, plan } of reading.plan.children)
        await readAll(readingOf(plan), childPartitions(link, parents, given.partition));
      if (!isStopped) parents.length = 0;
    };
    const safeNow = () => {
      // What is cut off below a parent is not done for it.
      const isWhole = reading.children.every((child) => !child.isDone);
      if (parents.length === 0 && isWhole) safe();
    };
    const source = openRecords(reading.plan, given);
    let count = 0;
    try {
      for (;;) {
        const pulled = source.next();
        // A generator that need not wait is not waited for: that would cost more than the record.
        const step = pulled instanceof Promise ? await pulled : pulled;
        if (step.done === true) break;
        const yielded = step.value;
        const batch = Array.isArray(yielded) ? (yielded as readonly unknown[]) : undefined;
        for (let at = 0; at < (batch?.length ?? 1) && !reading.isDone; at += 1) {
          const each = batch === undefined ? yielded : batch[at];
          const record = reading.accept(each, given.partition, cursor);
          if (record === undefined) continue;
          if (reading.add(record)) await flush(reading);
          if (reading.children.length > 0) parents.push(each as JsonObject);
        }
        if (parents.length >= parentsPerRound) await readChildren();
        if (isStopped || reading.isDone) break;
        safeNow();
        count += 1;
        if (step === pulled && count % stepsPerLook !== 0) continue;
        const now = clock.now();
        if (now - (reading.waitingSince ?? now) > flushInterval) await flush(reading);
        if (isStateDue(now)) await checkpoint();
      }
    } finally {
      await source.close();
    }
    if (!isStopped) await readChildren();
    safeNow();
  };

  const readAll = (reading: StreamReading, partitions: Iterable<StreamPartition>): Promise<void> =>
    eachConcurrently(partitions, policy.concurrency, async (partition) => {
      if (!isStopped && !reading.isDone) await readPartition(reading, partition);
    });

  /** How many roots a stream still descends from that were not read to their end. */
  const openRoots = new Map<StreamReading, number>();

  const readRoot = async (reading: StreamReading): Promise<void> => {
    await readAll(reading, await rootPartitions(reading.plan));
    if (isStopped) return;
    const ended: StreamReading[] = [];
    for (const each of family(reading)) {
      const left = (openRoots.get(each) ?? 1) - 1;
      openRoots.set(each, left);
      if (left > 0) continue;
      finish(each);
      if (!each.isDone) ended.push(each);
    }
    await checkpoint(true, ended);
  };

  const finish = (reading: StreamReading) => {
    const { plan, isDone } = reading;
    tellUnknown(reading, withFields(log, { stream: plan.name }));
    // What was cut off has no end to save.
    if (isDone) return;
    for (const { cursor, key } of reading.shared()) maySave(plan, key, cursor?.final());
    const { name } = plan.stream;
    savable.set(`${name}\0`, () => {
      const isKnown = state.bookmark(name) !== undefined || state.partitions(name).length > 0;
      return !isKnown && state.save(name, {});
    });
  };

  return {
    outbox,
    async read(roots, stop) {
      for (const root of roots) findPartial(root, false);
      const all = roots.map(readingOf);
      const failures: { readonly stream: string; readonly error: unknown }[] = [];
      const begun = new Set<StreamReading>();
      for (const root of all)
        for (const each of family(root)) openRoots.set(each, (openRoots.get(each) ?? 0) + 1);
      await eachConcurrently(all, policy.concurrency, async (root) => {
        if (isStopped) return;
        try {
          for (const each of family(root)) {
            if (begun.has(each)) continue;
            begun.add(each);
            if (each.plan.selected) await outbox.push(schemaItem(each.plan, partial.has(each.plan)));
          }
          await readRoot(root);
        } catch (error) {
          failures.push({ stream: root.plan.name, error });
          if (policy.onStreamError === 'stop') stop();
          else
            log.log('error', `Stream ${root.plan.name} failed: ${errorMessage(error)}`, {
              stream: root.plan.name,
            });
        }
      });
      if (isStopped || failures.length > 0) await checkpoint(failures.length === 0 && begun.size > 0);
      throwFailures(failures);
    },
  };
}

/** The stream and all that descend from it, parents first. */
function family(reading: StreamReading): readonly StreamReading[] {
  return [...new Set([reading, ...reading.children.flatMap(family)])];
}

function* childPartitions(
  link: ParentLink,
  records: readonly JsonObject[],
  parent: StreamPartition,
): Generator<StreamPartition> {
  for (const record of records) {
    const given = link.partition(record, parent);
    if (given === undefined) continue;
    yield* Array.isArray(given) ? (given as readonly StreamPartition[]) : [given as StreamPartition];
  }
}

async function rootPartitions({ stream }: PlannedStream): Promise<readonly StreamPartition[]> {
  const { partitions } = stream;
  return typeof partitions === 'function' ? partitions() : (partitions ?? [{}]);
}

function schemaItem(plan: PlannedStream, isPartial: boolean): RecordItem {
  const { method, replicationKey } = plan;
  return {
    kind: 'schema',
    stream: plan.name,
    schema: plan.schema,
    keyProperties: plan.keys,
    ...(method !== 'INCREMENTAL' || replicationKey === undefined
      ? {}
      : { bookmarkProperties: [replicationKey] }),
    ...(isPartial ? { partial: true } : {}),
  };
}

interface ContextParts {
  readonly state: TapState;
  readonly partition: StreamPartition;
  readonly place: PartitionCursor;
  readonly window: CursorWindow;
  saveBookmark(bookmark: JsonObject): void;
}

function streamContext(reading: StreamReading, context: TapContext, parts: ContextParts): StreamContext {
  const { plan } = reading;
  const { partition, place, window } = parts;
  return {
    log: withFields(context.log, { stream: plan.name }),
    clock: context.clock,
    signal: context.signal,
    replicationMethod: plan.method,
    partition,
    start: window.start,
    end: window.end,
    bookmark: plan.method === 'FULL_TABLE' ? undefined : parts.state.bookmark(plan.stream.name, place.key),
    schema: plan.schema,
    columns: propertyNames(plan.schema),
    maxRecords: context.maxRecords,
    endStream: () => reading.end(),
    saveBookmark: parts.saveBookmark,
  };
}

interface RecordSource {
  next(): IteratorResult<unknown> | Promise<IteratorResult<unknown>>;
  close(): Promise<void>;
}

/** Says which stream failed, without hiding a code that the stream gave itself. */
function openRecords(plan: PlannedStream, context: StreamContext): RecordSource {
  const failed = (cause: unknown): never => {
    if (isAppError(cause)) throw cause;
    const message = `Stream ${plan.name} failed: ${errorMessage(cause)}`;
    throw tapError('stream_failed', { message, details: { stream: plan.name }, cause });
  };
  const attempt = <T>(work: () => T): T => {
    try {
      const result = work();
      return result instanceof Promise ? (result.catch(failed) as T) : result;
    } catch (cause) {
      return failed(cause);
    }
  };
  const iterator = attempt(() => {
    const records = plan.stream.records(context);
    return Symbol.asyncIterator in records ? records[Symbol.asyncIterator]() : records[Symbol.iterator]();
  });
  let ended = false;
  return {
    next() {
      const step = attempt(() => iterator.next());
      if (!(step instanceof Promise)) ended = step.done === true;
      return step;
    },
    async close() {
      if (!ended) await attempt(() => iterator.return?.());
    },
  };
}

function tellUnknown({ unknown }: StreamReading, log: TapContext['log']): void {
  for (const [property, count] of unknown) {
    log.log('warning', `"${property}" is not in the schema of the stream and was left out`, {
      property,
      count,
    });
  }
}

function throwFailures(failures: readonly { readonly stream: string; readonly error: unknown }[]): void {
  const [first, ...others] = failures;
  if (first === undefined) return;
  if (others.length === 0) throw first.error;
  throw tapError('streams_failed', {
    message: `${failures.length} streams failed: ${failures.map(({ stream, error }) => `${stream} (${errorMessage(error)})`).join('; ')}`,
    hint: 'the other streams were read to their end; mend these and run again',
    details: { streams: failures.map(({ stream }) => stream) },
    cause: first.error,
  });
}
