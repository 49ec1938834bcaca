import type { Readable, Writable } from 'node:stream';
import {
  activity,
  brokenLines,
  bytesRead,
  bytesWritten,
  type LinkNote,
  type ProgressBoard,
  writing,
} from './progress-board.ts';

/**
 * The link between two processes: bytes go from the standard output of one to the standard input of the
 * next, unparsed, counted per stream. It ends at the end of its input, when the reader is gone, or when it
 * is abandoned; it never keeps the program from ending once `abandon` was called.
 */
export interface Pump {
  /** For the `stdio` of the process before and after. */
  readonly sourceStdout: number | 'pipe';
  readonly sinkStdin: number | 'pipe';
  /** Both processes run: hands over their streams where `'pipe'` was asked for, and gives up our copies of the descriptors. */
  connect(source: Readable | null, sink: Writable | null): void;
  readonly done: Promise<PumpEnd>;
  counts(): readonly StreamCount[];
  brokenLines(): number;
  /** Grows while anything moves. */
  bytesMoved(): number;
  isWaitingForSink(): boolean;
  /** See `Link`. */
  sinkGone(limitMs: number): Promise<number>;
  abandon(): void;
  /** Gives back what is still open; the pump must have ended. */
  close(): void;
}

/** How a pump ended. */
export interface PumpEnd {
  readonly reason: 'end' | 'broken-pipe' | 'abandoned' | 'failed';
  /** Size of a last line that was cut short; it was held back. */
  readonly unfinishedBytes: number;
  readonly message?: string;
}

/** What has passed of one stream. */
export interface StreamCount {
  readonly stream: string;
  readonly records: number;
  readonly bytes: number;
}

/** Limits of a pump, and whom it tells. */
export interface PumpOptions {
  /** Limit of what is no RECORD. */
  readonly maxMessageBytes: number;
  /** Longest unfinished line that is held back. Default 8 MiB. */
  readonly holdBytes?: number;
  onNote(note: LinkNote): void;
}

/** Longest unfinished line that is held back, unless said otherwise. */
export const defaultHoldBytes = 8 * 1024 * 1024;

/** The parts of a pump that read its board. */
export function readBoard(board: ProgressBoard, streams: readonly string[]) {
  return {
    counts: () =>
      streams.map((stream, index) => ({
        stream,
        records: board.counts[index * 2] ?? 0,
        bytes: board.counts[index * 2 + 1] ?? 0,
      })),
    brokenLines: () => board.totals[brokenLines] ?? 0,
    bytesMoved: () => (board.totals[bytesRead] ?? 0) + (board.totals[bytesWritten] ?? 0),
    isWaitingForSink: () => Atomics.load(board.control, activity) === writing,
  };
}
