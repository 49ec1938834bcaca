import type { Clock } from '@meltano/foundation/clock';
import type { JsonObject } from '@meltano/foundation/json';
import { isKnown } from './late-streams.ts';
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
  /** Nothing of the stream may be stored before it was read to its end: half of it would look like all. */
  hold(plan: PlannedStream): void;
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

/** Streams below this one that are not read with it. */
function dormantBelow({ dormant, children }: PlannedStream): readonly string[] {
  return [...dormant, ...children.flatMap(({ plan }) => dormantBelow(plan))];
}

export function createCheckpoints(state: TapState, outbox: Outbox, clock: Clock): Checkpoints {
  const readings: StreamReading[] = [];
  /** By stream and partition. */
  const savable = new Map<string, () => boolean>();
  /** By stream, what is held until its end. */
  const held = new Map<string, Map<string, () => boolean>>();
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

  /** The bookmark of a parent covers its children, too: from now on they are not late, see `findLateStreams`. */
  const saveWithChildren = (plan: PlannedStream, key: StreamPartition, bookmark: JsonObject): boolean => {
    const isNew = state.save(plan.stream.name, bookmark, key);
    if (isNew) for (const name of dormantBelow(plan)) state.setBehind(name, true);
    return plan.children.map((child) => markKnown(child.plan)).includes(true) || isNew;
  };
  const markKnown = (plan: PlannedStream): boolean => {
    let isNew = false;
    if (plan.selected && !held.has(plan.stream.name) && !isKnown(plan, state))
      isNew = state.save(plan.stream.name, {});
    for (const child of plan.children) isNew = markKnown(child.plan) || isNew;
    return isNew;
  };

  /** Everything up to the first wait happens at once: no other stream can put anything between. */
  const checkpoint = async ({ mustSend = false, isLast = false, ended = [] }: CheckpointOptions = {}) => {
    const pushed: Promise<void>[] = [];
    // With thousands of streams a promise for each, at the end of each, would take more time than all else.
    for (const reading of readings) if (reading.waitingSince !== undefined) pushed.push(flush(reading));
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
    hold: ({ stream: { name } }) => void held.set(name, new Map()),
    maySave(plan, key, bookmark) {
      if (bookmark === undefined) return;
      const { name } = plan.stream;
      const into = held.get(name) ?? savable;
      into.set(`${name}\0${partitionKey(key)}`, () => saveWithChildren(plan, key, bookmark));
    },
    mayEnd(plan) {
      const { name } = plan.stream;
      for (const [place, save] of held.get(name) ?? []) savable.set(place, save);
      held.delete(name);
      savable.set(`${name}\0`, () => {
        const isNew = !isKnown(plan, state) && state.save(name, {});
        return state.setBehind(name, false) || isNew;
      });
    },
    checkpoint,
    async checkpointIfDue(now) {
      // A clock that was set back would put it off until it has caught up.
      const isTime = now - stateAt >= stateInterval || now < stateAt;
      const isDue = sinceState >= recordsPerState || isTime;
      if (isDue && (savable.size > 0 || changed)) await checkpoint();
    },
  };
}
