import type { Pump, StreamCount } from './pump.ts';

/** What connects two plugins of a block, whatever they are. */
export interface Link {
  readonly done: Promise<LinkEnd>;
  counts(): readonly StreamCount[];
  /** Grows while anything moves. */
  bytesMoved(): number;
  isWaitingForSink(): boolean;
  /**
   * The receiver is gone. Answers with the bytes that it was given and did not read, as soon as there are any,
   * when the link has ended, or after so many milliseconds; then the link can hand on no more.
   */
  sinkGone(limitMs: number): Promise<number>;
  /** Ends the link at once, whatever holds its ends. */
  abandon(): void;
}

export interface LinkEnd {
  /** `end`: all that came was handed on. */
  readonly reason: 'end' | 'broken-pipe' | 'abandoned' | 'failed';
  /** Size of a last line that was cut short; it was held back. */
  readonly unfinishedBytes: number;
  readonly error?: unknown;
}

export function pumpLink(pump: Pump): Link {
  return {
    done: pump.done.then(({ reason, unfinishedBytes, message }) => ({
      reason,
      unfinishedBytes,
      ...(message === undefined ? {} : { error: new Error(message) }),
    })),
    counts: pump.counts,
    bytesMoved: pump.bytesMoved,
    isWaitingForSink: pump.isWaitingForSink,
    sinkGone: pump.sinkGone,
    abandon: pump.abandon,
  };
}
