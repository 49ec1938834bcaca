import type { Clock } from '@meltano/foundation/clock';

/** So many requests in so many milliseconds, as a token bucket: a burst up to `requests`, then a steady flow. */
export interface RateLimit {
  readonly requests: number;
  readonly interval: number;
}

export const perSecond = (requests: number): RateLimit => ({ requests, interval: 1_000 });
export const perMinute = (requests: number): RateLimit => ({ requests, interval: 60_000 });
export const perHour = (requests: number): RateLimit => ({ requests, interval: 3_600_000 });

export interface RateLimiter {
  /** Resolves when a request of this cost may be sent; in the order of the calls. Returns at once after an abort. */
  take(cost: number, signal: AbortSignal): Promise<void>;
  /** Nothing is sent for so many milliseconds: the server has said so. */
  pause(ms: number): void;
}

export function createRateLimiter(limits: readonly RateLimit[], clock: Clock): RateLimiter {
  const steady = steadyTime(clock);
  const buckets = limits.map((limit) => createBucket(limit, steady()));
  let paused = 0;
  let last: Promise<void> = Promise.resolve();
  const turn = async (cost: number, signal: AbortSignal) => {
    for (;;) {
      const now = steady();
      const wait = Math.max(paused - now, ...buckets.map((bucket) => bucket.waitFor(cost, now)));
      if (wait <= 0 || signal.aborted) break;
      await clock.sleep(Math.ceil(wait), signal);
    }
    for (const bucket of buckets) bucket.take(cost);
  };
  return {
    take(cost, signal) {
      const mine = last.then(() => turn(cost, signal));
      last = mine.catch(() => {});
      return mine;
    },
    pause(ms) {
      paused = Math.max(paused, steady() + ms);
    },
  };
}

/** A clock that is set back, by an hour as by a year, would make a wait so much longer: it stands still instead. */
function steadyTime(clock: Clock): () => number {
  let last = clock.now();
  let behind = 0;
  return () => {
    const now = clock.now();
    behind = Math.max(behind, last - now);
    last = now + behind;
    return last;
  };
}

function createBucket({ requests, interval }: RateLimit, begun: number) {
  let tokens = requests;
  let at = begun;
  const refill = (now: number) => {
    tokens = Math.min(requests, tokens + ((now - at) * requests) / interval);
    at = now;
  };
  return {
    waitFor(cost: number, now: number): number {
      refill(now);
      // A request that costs more than the bucket holds goes when the bucket is full.
      const missing = Math.min(cost, requests) - tokens;
      return missing <= 1e-9 ? 0 : (missing * interval) / requests;
    },
    take(cost: number): void {
      tokens -= cost;
    },
  };
}
