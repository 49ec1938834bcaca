/**
 * How a run is stopped. Running → draining (the first request: the source ends, the rest finishes what it
 * has) → killing (the second request: everything is ended at once). There is no way back.
 */
export interface StopSwitch {
  readonly draining: AbortSignal;
  readonly killing: AbortSignal;
  /** Why it was asked to stop first; undefined while running. */
  reason(): StopReason | undefined;
  stop(reason: StopReason): void;
  kill(): void;
}

export type StopReason = 'interrupted' | 'terminated' | 'timed-out' | 'failed';

export function createStopSwitch(onStop: (reason: StopReason, how: 'drain' | 'kill') => void): StopSwitch {
  const draining = new AbortController();
  const killing = new AbortController();
  let first: StopReason | undefined;
  const kill = () => {
    if (killing.signal.aborted) return;
    onStop(first ?? 'interrupted', 'kill');
    draining.abort();
    killing.abort();
  };
  return {
    draining: draining.signal,
    killing: killing.signal,
    reason: () => first,
    stop(reason) {
      if (first !== undefined) return kill();
      first = reason;
      onStop(reason, 'drain');
      draining.abort();
    },
    kill,
  };
}
