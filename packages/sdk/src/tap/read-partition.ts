import type { JsonObject } from '@meltano/foundation/json';
import type { TapContext } from '../connector.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { CursorWindow } from './cursor.ts';
import type { PlannedStream } from './plan-stream.ts';
import { openRecords } from './record-source.ts';
import type { ParentLink, StreamContext, StreamPartition } from './stream.ts';
import { streamContext } from './stream-context.ts';
import type { PartitionCursor, StreamReading } from './stream-reading.ts';
import type { TapState } from './tap-state.ts';

/** A slow source must not keep what it has already given: Singer rule 13. */
const flushInterval = 1_000;
/** After so many steps of a source that never waits one looks at the clock. */
const stepsPerLook = 64;
/** Records of a parent whose children are read together; the others wait (Invariant 9). */
const parentsPerRound = 100;

/** What the reading of a partition has to do with the rest of the run. */
export interface PartitionRun {
  readonly state: TapState;
  readonly context: TapContext;
  readonly checkpoints: Checkpoints;
  isStopped(): boolean;
  /** Whether a child is read for records of its parent, too, that an earlier run has had. */
  isLate(plan: PlannedStream): boolean;
  /** Reads partitions of a child. */
  readAll(plan: PlannedStream, partitions: Iterable<StreamPartition>): Promise<void>;
}

/** Reads one partition of a stream, window after window, and with it the children of its records. */
export function createPartitionReader({
  state,
  context,
  checkpoints,
  isStopped,
  isLate,
  readAll,
}: PartitionRun): (reading: StreamReading, partition: StreamPartition) => Promise<void> {
  const { clock } = context;

  const readPartition = async (reading: StreamReading, partition: StreamPartition): Promise<void> => {
    const { plan } = reading;
    const place = reading.cursor(partition);
    const { cursor } = place;
    let own: JsonObject | undefined;
    const saveBookmark = (given: JsonObject) => {
      if (plan.method !== 'FULL_TABLE') own = given;
    };
    let isBroken = false;
    const breakOff = () => {
      isBroken = true;
    };
    /** What is missing before must be read again, so that nothing after it may be saved. */
    let isFrozen = false;
    const safe = () => {
      if (isFrozen) return;
      if (!place.isShared || own !== undefined)
        checkpoints.maySave(plan, place.key, own ?? cursor?.current());
    };
    let count = 0;
    for (const given of place.windows()) {
      const window: CursorWindow = { start: undefined, end: undefined, ...given };
      if (isStopped() || reading.isDone) break;
      const reached = streamContext(reading, context, {
        state,
        partition,
        place,
        window,
        breakOff,
        saveBookmark,
      });
      count += await readWindow(reading, reached, place, safe);
      isFrozen = isBroken;
      if (isStopped() || reading.isDone) break;
      if (isFrozen) continue;
      if (!place.isShared) cursor?.finish(window);
      safe();
      await checkpoints.checkpointIfDue(clock.now());
    }
    if (isStopped() || reading.isDone) return;
    if (isFrozen) {
      // One of which nothing can be read is left out, and keeps nothing from what it shares with others.
      if (count > 0) reading.breakOff(place);
      return;
    }
    if (!place.isShared) checkpoints.maySave(plan, place.key, own ?? cursor?.final());
    await checkpoints.checkpointIfDue(clock.now());
  };

  /** Returns how often the source gave something. */
  const readWindow = async (
    reading: StreamReading,
    given: StreamContext,
    { cursor }: PartitionCursor,
    safe: () => void,
  ): Promise<number> => {
    const parents: JsonObject[] = [];
    /** For late children only. */
    const older: JsonObject[] = [];
    const readChildren = async () => {
      if (parents.length + older.length === 0) return;
      await checkpoints.flush(reading);
      for (const { link, plan } of reading.plan.children) {
        const records = isLate(plan) ? [...older, ...parents] : parents;
        await readAll(plan, childPartitions(link, records, given.partition));
      }
      if (isStopped()) return;
      parents.length = 0;
      older.length = 0;
    };
    const safeNow = () => {
      // What is cut off below a parent is not done for it.
      const isWhole = reading.children.every((child) => !child.isDone);
      if (parents.length + older.length === 0 && isWhole) safe();
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
        let rounds = 0;
        for (let at = 0; at < (batch?.length ?? 1) && !reading.isDone; at += 1) {
          const each = batch === undefined ? yielded : batch[at];
          const record = reading.accept(each, given.partition, cursor);
          if (record === undefined) {
            if (!reading.isReread(each, cursor)) continue;
            older.push(each as JsonObject);
          } else {
            if (reading.add(record)) await checkpoints.flush(reading);
            if (reading.children.length === 0) continue;
            parents.push(each as JsonObject);
          }
          if (parents.length + older.length < parentsPerRound) continue;
          await readChildren();
          rounds += 1;
          if (isStopped()) break;
        }
        // What is left of a large batch is read, too: only then may the parent's bookmark be saved.
        if (rounds > 0) await readChildren();
        if (isStopped() || reading.isDone) break;
        safeNow();
        count += 1;
        if (step === pulled && count % stepsPerLook !== 0) continue;
        const now = clock.now();
        if (now - (reading.waitingSince ?? now) > flushInterval) await checkpoints.flush(reading);
        await checkpoints.checkpointIfDue(now);
      }
    } finally {
      await source.close();
    }
    if (!isStopped()) await readChildren();
    safeNow();
    return count;
  };

  return readPartition;
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
