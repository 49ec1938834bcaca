import { expect, test } from 'vitest';
import { createRateLimiter } from './rate-limit.ts';

const hour = 3_600_000;

/** Time passes by sleeping; `now` may be set besides. */
function manualClock() {
  const clock = {
    time: 1_000 * hour,
    slept: 0,
    now: () => clock.time,
    sleep: async (ms: number) => {
      clock.slept += ms;
      clock.time += ms;
    },
  };
  return clock;
}

const { signal } = new AbortController();

test('a clock that is set back makes no wait longer: not that for a used-up limit', async () => {
  const clock = manualClock();
  const limiter = createRateLimiter([{ requests: 10, interval: 1_000 }], clock);
  for (let sent = 0; sent < 10; sent += 1) await limiter.take(1, signal);
  clock.time -= hour;
  for (let sent = 0; sent < 10; sent += 1) await limiter.take(1, signal);
  expect(clock.slept).toBe(1_000);
});

test('nor that which the server asks for', async () => {
  const clock = manualClock();
  const limiter = createRateLimiter([], clock);
  limiter.pause(5_000);
  clock.time -= hour;
  await limiter.take(1, signal);
  expect(clock.slept).toBe(5_000);
});
