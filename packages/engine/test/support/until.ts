import { setTimeout as delay } from 'node:timers/promises';

/** Waits until the condition holds. The limit is only there so that a broken test ends. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = 'condition',
  limitMs = 60_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited too long for: ${what}`);
    await delay(10);
  }
}
