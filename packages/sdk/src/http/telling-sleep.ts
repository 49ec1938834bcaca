import type { Clock } from '@meltano/foundation/clock';
import type { Log } from '@meltano/foundation/log';

/** A wait that is longer is told of again and again, so that nobody takes the program for one that hangs. */
const tellEvery = 30_000;

/** Waits like `Clock.sleep`; `what` says what is waited for. */
export type TellingSleep = (ms: number, what: string, signal: AbortSignal | undefined) => Promise<void>;

export function createTellingSleep({
  clock,
  log,
}: {
  readonly clock: Clock;
  readonly log: Log;
}): TellingSleep {
  return async (ms, what, signal) => {
    for (let left = ms; left > 0 && signal?.aborted !== true; left -= tellEvery) {
      if (left > tellEvery) log.log('info', `${what}: waiting for ${renderSpan(left)}`);
      await clock.sleep(Math.min(left, tellEvery), signal);
    }
  };
}

/** `1.5 s`, `12 min`, `3 h 20 min`. */
export function renderSpan(ms: number): string {
  if (ms < 90_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.ceil(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
