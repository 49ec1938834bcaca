import type { Clock } from '@meltano/foundation/clock';
import type { JsonObject } from '@meltano/foundation/json';
import type { Outbox } from './outbox.ts';
import type { PlannedStream } from './plan-stream.ts';
import { createStateBudget } from './state-budget.ts';
import type { StreamPartition } from './stream.ts';
import type { StreamReading } from './stream-reading.ts';
import { partitionKey, type TapState } from './tap-state.ts';

/** A state item after this many records or milliseconds, when something can be saved. */
const recordsPerState = 10_000;
const stateInterval = 10_000;

/**
 * Says when batches and states go into the queue, so that a state comes after everything that it covers. States:
 * bookmarks that may be saved; saved, with a state that is owed; sent.
 */
export interface Checkpoints {
  /** The state was to be sent, and was too dear for what it would have said. */
  readonly owesState: boolean;
  /** A checkpoint empties the batch of this stream, too. */
  add(reading: StreamReading): void;
  /** Puts the batch of a stream into the queue. */
  flush(reading: StreamReading): Promise<void>;
  /** The bookmark may be stored once all batches are in the queue. */
  maySave(plan: PlannedStream, key: StreamPartition, bookmark: JsonObject | undefined): void;
  /** The stream was read to its end: the state has it from now on, though there be no bookmark. */
  mayEnd(plan: PlannedStream): void;
  /** Empties the batches of all streams into the queue, saves what may be saved, and then sends the state. */
  checkpoint(options?: CheckpointOptions): Promise<void>;
  checkpointIfDue(now: number): Promise<void>;
}

export interface CheckpointOptions {
  /** A state is wanted although it did not change. */
  readonly mustSend?: boolean;
  /** No other follows: the state is sent, however dear. */
  readonly isLast?: boolean;
  /** Streams that were read to their end. */
  readonly ended?: readonly StreamReading[];
}

export function createCheckpoints(state: TapState, outbox: Outbox, clock: Clock): Checkpoints {
  const readings: StreamReading[] = [];
  /** By stream and partition. */
  const savable = new Map<string, () => boolean>();
  let changed = false;
  let owesState = false;
  let sinceState = 0;
  let stateAt = clock.now();
  const budget = createStateBudget(stateAt);

  const flush = async (reading: StreamReading) => {
    const item = reading.take();
    if (item === undefined) return;
    sinceState += item.records.length;
    budget.spend(item.bytes);
    await outbox.push(item);
  };

  /** Everything up to the first wait happens at once: no other stream can put anything between. */
  const checkpoint = async ({ mustSend = false, isLast = false, ended = [] }: CheckpointOptions = {}) => {
    const pushed: Promise<void>[] = [];
    for (const reading of readings) pushed.push(flush(reading));
    for (const { plan, version } of ended) {
      if (version !== undefined && plan.selected)
        pushed.push(outbox.push({ kind: 'activate-version', stream: plan.name, version }));
    }
    for (const save of savable.values()) changed = save() || changed;
    savable.clear();
    sinceState = 0;
    stateAt = clock.now();
    owesState ||= changed || mustSend;
    changed = false;
    if (owesState && (isLast || budget.affords(state.size, stateAt))) {
      pushed.push(outbox.push({ kind: 'state', value: state.value() }));
      owesState = false;
    }
    await Promise.all(pushed);
  };

  return {
    get owesState() {
      return owesState;
    },
    add: (reading) => void readings.push(reading),
    flush,
    maySave({ stream: { name } }, key, bookmark) {
      if (bookmark !== undefined)
        savable.set(`${name}\0${partitionKey(key)}`, () => state.save(name, bookmark, key));
    },
    mayEnd({ stream: { name } }) {
      savable.set(`${name}\0`, () => {
        const isKnown = state.bookmark(name) !== undefined || state.hasPartitions(name);
        return !isKnown && state.save(name, {});
      });
    },
    checkpoint,
    async checkpointIfDue(now) {
      const isDue = sinceState >= recordsPerState || now - stateAt >= stateInterval;
      if (isDue && (savable.size > 0 || changed)) await checkpoint();
    },
  };
}
