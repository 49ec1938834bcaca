import { errorMessage, isAppError } from '@meltano/foundation/errors';
import { withFields } from '@meltano/foundation/log';
import { eachConcurrently } from '../concurrency.ts';
import type { RecordItem, TapContext } from '../connector.ts';
import { createCheckpoints } from './checkpoints.ts';
import { tapError } from './errors.ts';
import { findLateStreams, type LateStreams } from './late-streams.ts';
import { createOutbox } from './outbox.ts';
import type { PlannedStream } from './plan-stream.ts';
import { createPartitionReader } from './read-partition.ts';
import type { StreamPartition } from './stream.ts';
import { createStreamReading, type StreamReading } from './stream-reading.ts';
import type { TapState } from './tap-state.ts';
import { tellRefusedMethod, tellUnknown, tellUnplaced } from './tell-left-out.ts';

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
    findLateStreams(roots, state, context.log),
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

function createRun(
  state: TapState,
  context: TapContext,
  policy: ReadPolicy,
  { late, ancestors }: LateStreams,
): Run {
  const { clock, signal, log } = context;
  // The flag of a composite signal is dear to ask for at every record.
  let isStopped = signal.aborted;
  signal.addEventListener('abort', () => {
    isStopped = true;
  });
  const startedAt = clock.now();
  const outbox = createOutbox();
  const checkpoints = createCheckpoints(state, outbox, clock);
  const readings = new Map<PlannedStream, StreamReading>();
  const ownPartitions = createOwnPartitions();
  for (const plan of late) checkpoints.hold(plan);

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
        rereads: ancestors.has(plan),
        version:
          policy.activateVersions && plan.method === 'FULL_TABLE' && !partial.has(plan)
            ? startedAt
            : undefined,
      },
    );
    readings.set(plan, reading);
    checkpoints.add(reading);
    return reading;
  };

  const readAll = (reading: StreamReading, partitions: Iterable<StreamPartition>): Promise<void> =>
    eachConcurrently(
      whileWanted(partitions, () => !isStopped && !reading.isDone),
      policy.concurrency,
      (partition) => readPartition(reading, partition),
    );
  const readPartition = createPartitionReader({
    state,
    context,
    checkpoints,
    isStopped: () => isStopped,
    isLate: (plan) => late.has(plan) || ancestors.has(plan),
    readAll: async (plan, partitions) =>
      readAll(readingOf(plan), combined(partitions, await ownPartitions(plan))),
  });

  /** How many roots a stream still descends from that were not read to their end. */
  const openRoots = new Map<StreamReading, number>();

  const readRoot = async (reading: StreamReading): Promise<void> => {
    await readAll(reading, (await ownPartitions(reading.plan)) ?? [{}]);
    if (isStopped) return;
    const ended: StreamReading[] = [];
    for (const each of family(reading)) {
      const left = (openRoots.get(each) ?? 1) - 1;
      openRoots.set(each, left);
      if (left > 0) continue;
      finish(each);
      if (!each.isDone && !each.isBrokenOff) ended.push(each);
    }
    await checkpoints.checkpoint({ mustSend: true, ended });
  };

  const isCutAbove = () =>
    [...ancestors].some((plan) => {
      const { isDone, isBrokenOff } = readingOf(plan);
      return isDone || isBrokenOff;
    });

  const finish = (reading: StreamReading) => {
    const { plan, isDone } = reading;
    const own = withFields(log, { stream: plan.name });
    tellUnknown(reading, own);
    tellUnplaced(reading, own);
    // What was cut off has no end to save, nor has what was read for the first time below it.
    if (isDone || (late.has(plan) && isCutAbove())) return;
    for (const { cursor, key } of reading.shared()) checkpoints.maySave(plan, key, cursor?.final());
    checkpoints.mayEnd(plan);
  };

  return {
    outbox,
    async read(roots, stop) {
      for (const root of roots) findPartial(root, false);
      const all = roots.map(readingOf);
      const failures: { readonly stream: string; readonly error: unknown }[] = [];
      const fail = (root: string, error: unknown) => {
        const { stream, message } = failedStream(root, error);
        failures.push({ stream, error });
        if (policy.onStreamError === 'stop') stop();
        else log.log('error', message, { stream });
      };
      const begun = new Set<StreamReading>();
      for (const root of all)
        for (const each of family(root)) openRoots.set(each, (openRoots.get(each) ?? 0) + 1);
      await eachConcurrently(all, policy.concurrency, async (root) => {
        if (isStopped) return;
        try {
          for (const each of family(root)) {
            if (begun.has(each)) continue;
            begun.add(each);
            tellRefusedMethod(each.plan, log);
            if (each.plan.selected) await outbox.push(schemaItem(each.plan, partial.has(each.plan)));
          }
          await readRoot(root);
        } catch (error) {
          fail(root.plan.name, error);
        }
      });
      if (isStopped || failures.length > 0 || checkpoints.owesState)
        await checkpoints.checkpoint({ mustSend: failures.length === 0 && begun.size > 0, isLast: true });
      throwFailures(failures);
    },
  };
}

/** The stream and all that descend from it, parents first. */
function family(reading: StreamReading): readonly StreamReading[] {
  return [...new Set([reading, ...reading.children.flatMap(family)])];
}

/** The partitions that a stream says itself; a function is asked once in a run. */
function createOwnPartitions(): (plan: PlannedStream) => Promise<Iterable<StreamPartition> | undefined> {
  const known = new Map<PlannedStream, Promise<Iterable<StreamPartition> | undefined>>();
  return (plan) => {
    const { partitions } = plan.stream;
    const own =
      known.get(plan) ?? (typeof partitions === 'function' ? partitions() : Promise.resolve(partitions));
    known.set(plan, own);
    return own;
  };
}

/** There may be millions: after the end of a stream they are not gone through. */
function* whileWanted(
  partitions: Iterable<StreamPartition>,
  areWanted: () => boolean,
): Generator<StreamPartition> {
  for (const partition of partitions) {
    if (!areWanted()) return;
    yield partition;
  }
}

/** Each with each; what comes from parents is gone through once. */
function* combined(
  outer: Iterable<StreamPartition>,
  inner: Iterable<StreamPartition> | undefined,
): Generator<StreamPartition> {
  if (inner === undefined) yield* outer;
  else for (const one of outer) for (const other of inner) yield { ...one, ...other };
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

/** A child that fails does so while its root is read; the error names it. */
function failedStream(root: string, error: unknown) {
  const named = isAppError(error) ? error.details['stream'] : undefined;
  const stream = typeof named === 'string' ? named : root;
  const text = errorMessage(error);
  const isSaid = text.startsWith(`Stream ${stream} `);
  return { stream, message: isSaid ? text : `Stream ${stream} failed: ${text}` };
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
