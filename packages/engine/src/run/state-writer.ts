import type { Clock } from '@meltano/foundation/clock';
import { errorMessage, isAppError } from '@meltano/foundation/errors';
import { type JsonObject, jsonEquals } from '@meltano/foundation/json';
import { storeRunState } from '../state/state-operations.ts';
import type { Lease, StateStore } from '../state/state-store.ts';
import { runError } from './errors.ts';

/**
 * Stores the states that a target acknowledges: the latest wins, at most one write a second while they come,
 * and always the last one.
 *
 * idle → waiting (a newer state lies ready, the second is not over) → writing → idle or waiting → closed.
 */
export interface StateWriter {
  /** Everything before this state is durable (Invariant 1). Never blocks. */
  offer(state: JsonObject): void;
  /** Resolves when the latest state is stored; rejects with the first failure. */
  flush(): Promise<void>;
  storedCount(): number;
}

export interface StateWriterOptions {
  readonly store: StateStore;
  readonly stateId: string;
  /** The right to write, as it stands now. */
  readonly lease: () => Lease;
  /** Partial: states are laid over what is there when it is read, and nothing is forgotten. */
  readonly partial: boolean;
  readonly clock: Clock;
  onStored(payload: JsonObject): Promise<void>;
  onFailure(error: unknown): void;
}

const betweenWritesMs = 1_000;

export function createStateWriter(options: StateWriterOptions): StateWriter {
  let waiting: JsonObject | undefined;
  let stored: JsonObject | undefined;
  let failure: unknown;
  let count = 0;
  let work: Promise<void> | undefined;
  let hurry = new AbortController();

  const write = async (state: JsonObject) => {
    if (stored !== undefined && jsonEquals(stored, state)) return;
    const payload = await store(options, state);
    stored = state;
    count += 1;
    await options.onStored(payload);
  };
  const loop = async () => {
    try {
      while (waiting !== undefined) {
        const state = waiting;
        waiting = undefined;
        await write(state);
        await options.clock.sleep(betweenWritesMs, hurry.signal);
      }
    } catch (cause) {
      failure = cause;
      options.onFailure(cause);
    } finally {
      work = undefined;
    }
  };
  return {
    offer(state) {
      waiting = state;
      if (failure === undefined) work ??= loop();
    },
    async flush() {
      while (work !== undefined) {
        hurry.abort();
        await work;
      }
      hurry = new AbortController();
      if (failure !== undefined) throw failure;
    },
    storedCount: () => count,
  };
}

async function store(options: StateWriterOptions, state: JsonObject): Promise<JsonObject> {
  try {
    return await storeRunState(options.store, options.stateId, {
      value: state,
      complete: !options.partial,
      lease: options.lease(),
    });
  } catch (cause) {
    // Invariant 3: it is not the backend that failed, another run has the right to write now.
    if (isAppError(cause) && cause.code === 'state.lease_lost') throw cause;
    throw runError('state_not_stored', {
      message: `Failed to persist incremental state to the configured backend: ${errorMessage(cause)}`,
      hint: 'the data is loaded; the next run reads again from the last state that was stored',
      details: { stateId: options.stateId, backend: options.store.label },
      cause,
    });
  }
}
