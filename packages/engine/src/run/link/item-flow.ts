import type { RecordItem } from '@meltano/sdk/connector';
import { atMost } from '../../invoke/at-most.ts';
import { createItemCounter } from './item-counter.ts';
import type { Link, LinkEnd } from './link.ts';

/** A link whose receiver is a native target: items that it pulls. */
export interface ItemFlow {
  readonly link: Link;
  readonly items: AsyncIterable<RecordItem>;
}

export interface ItemFlowOptions {
  /** Size of a last line that was cut short, asked when the items are over. */
  unfinishedBytes(): number;
  /** Before the receiver hears of the end: resolves false when the source did not finish its work. */
  sourceFinished(): Promise<boolean>;
  /** The items end although the source has more to give. */
  onCutShort(): void;
  /** Lets go of the source. */
  abandon(): void;
}

/**
 * Passes items on and counts them. When the source fails the receiver sees the end of its input, not an
 * error: it makes durable what it has, and the failure is told by the link's end.
 */
export function createItemFlow(source: AsyncIterable<RecordItem>, options: ItemFlowOptions): ItemFlow {
  const counter = createItemCounter();
  const { promise: done, resolve } = Promise.withResolvers<LinkEnd>();
  let waitingForSink = false;
  let abandoned = false;
  let pulled = 0;
  async function* pass(): AsyncGenerator<RecordItem> {
    let end: LinkEnd = { reason: 'broken-pipe', unfinishedBytes: 0 };
    try {
      for await (const item of source) {
        counter.add(item);
        pulled += 1;
        waitingForSink = true;
        yield item;
        waitingForSink = false;
        if (abandoned) break;
      }
      end = { reason: abandoned ? 'abandoned' : 'end', unfinishedBytes: options.unfinishedBytes() };
      if (!(await options.sourceFinished()) || abandoned) options.onCutShort();
    } catch (error) {
      end = {
        reason: abandoned ? 'abandoned' : 'failed',
        unfinishedBytes: 0,
        ...(abandoned ? {} : { error }),
      };
      options.onCutShort();
    } finally {
      resolve(end);
    }
  }
  const items = pass();
  return {
    items,
    link: {
      done,
      counts: counter.counts,
      bytesMoved: () => counter.bytes() + pulled,
      isWaitingForSink: () => waitingForSink,
      async sinkGone(limitMs) {
        // Nothing pulls any more: a generator that was never begun would otherwise never end.
        const ended = items
          .return(undefined)
          .then(() => resolve({ reason: 'broken-pipe', unfinishedBytes: 0 }));
        await atMost(ended, limitMs);
        return 0;
      },
      abandon() {
        abandoned = true;
        options.abandon();
        resolve({ reason: 'abandoned', unfinishedBytes: 0 });
      },
    },
  };
}
