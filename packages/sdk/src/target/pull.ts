import type { Clock } from '@meltano/foundation/clock';

/** One pulled item, or why there is none. */
export type Pulled<T> =
  | 'due'
  | 'end'
  | { readonly item: T; readonly failure?: undefined }
  | { readonly failure: { readonly error: unknown } };

/** Pulls items one at a time, and looks up in between when a time has come although the source is silent. */
export interface Pull<T> {
  /** Resolves with the next item, or with `due` after so many milliseconds; the item that was asked for comes later then. */
  next(dueInMs: number | undefined): Promise<Pulled<T>>;
  /** Tells the source that no more is wanted, without waiting for it. */
  stop(): void;
}

export function createPull<T>(items: AsyncIterable<T>, clock: Clock): Pull<T> {
  const iterator = items[Symbol.asyncIterator]();
  let asked: Promise<Pulled<T>> | undefined;
  const ask = async (): Promise<Pulled<T>> => {
    try {
      const result = await iterator.next();
      return result.done === true ? 'end' : { item: result.value };
    } catch (error) {
      return { failure: { error } };
    }
  };
  const within = async (item: Promise<Pulled<T>>, ms: number): Promise<Pulled<T>> => {
    const timer = new AbortController();
    try {
      return await Promise.race([item, clock.sleep(ms, timer.signal).then(() => 'due' as const)]);
    } finally {
      timer.abort();
    }
  };
  return {
    async next(dueInMs) {
      if (dueInMs !== undefined && dueInMs <= 0) return 'due';
      asked ??= ask();
      const pulled = await (dueInMs === undefined ? asked : within(asked, dueInMs));
      if (pulled !== 'due') asked = undefined;
      return pulled;
    },
    stop() {
      void iterator.return?.().catch(() => {});
    },
  };
}
