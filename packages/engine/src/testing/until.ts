import { setTimeout as wait } from 'node:timers/promises';

/** Resolves when the condition holds, asking again every few milliseconds; a test's own time-out ends it otherwise. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(10);
}
