import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@meltano/foundation/clock';

/** The host's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    await wait(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  },
};
