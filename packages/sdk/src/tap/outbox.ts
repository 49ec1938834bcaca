import type { RecordItem } from '../connector.ts';

/**
 * The one queue through which everything that a tap reads leaves, in the order in which it was put in: a state
 * can only cover what is before it in the queue, however many streams are read at a time. States: open; closed
 * (with or without a failure, which the reader gets after what is still queued).
 */
export interface Outbox {
  /** Puts an item in at once; resolves when there is room for more (Invariant 9). */
  push(item: RecordItem): Promise<void>;
  close(failure?: { readonly error: unknown }): void;
  /** For the one reader. */
  items(): AsyncGenerator<RecordItem>;
}

/** Items that wait for the reader: the one being made while another is loaded. */
const room = 2;

export function createOutbox(): Outbox {
  const queue: RecordItem[] = [];
  let closed = false;
  let failure: { readonly error: unknown } | undefined;
  let wakeReader = () => {};
  let writers: (() => void)[] = [];
  const wakeWriters = () => {
    const waiting = writers;
    writers = [];
    for (const wake of waiting) wake();
  };
  return {
    async push(item) {
      if (closed) return;
      queue.push(item);
      wakeReader();
      while (queue.length >= room && !closed) await new Promise<void>((resolve) => writers.push(resolve));
    },
    close(given) {
      closed = true;
      failure ??= given;
      wakeReader();
      wakeWriters();
    },
    async *items() {
      for (;;) {
        const item = queue.shift();
        if (item !== undefined) {
          wakeWriters();
          yield item;
        } else if (closed) {
          if (failure !== undefined) throw failure.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wakeReader = resolve;
          });
        }
      }
    },
  };
}
