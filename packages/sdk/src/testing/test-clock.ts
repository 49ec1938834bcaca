import type { Clock } from '@meltano/foundation/clock';

/** A clock that begins at a moment and moves only by what is slept, which takes no time. */
export function createTestClock(start: string | number): Clock {
  let now = typeof start === 'number' ? start : Date.parse(start);
  return {
    now: () => now,
    async sleep(ms, signal) {
      if (signal?.aborted !== true) now += ms;
    },
  };
}
