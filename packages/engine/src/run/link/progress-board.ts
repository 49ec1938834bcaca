import type { ScannerHooks } from './line-scanner.ts';

/**
 * Counts that a link keeps in shared memory, so that the main thread reads them at any time without asking,
 * even while the link's thread is blocked in a read or write.
 */
export interface ProgressBoard {
  readonly control: Int32Array;
  /** Pairs of records and bytes per stream, in the order of the stream numbers. */
  readonly counts: Float64Array;
  /** See the indexes below. */
  readonly totals: Float64Array;
}

/** More streams than these are counted together in the last place. */
const maxStreams = 8192;

/** Places in `control`. */
export const abandonFlag = 0;
/** What the link is doing: one of the values below. */
export const activity = 1;
export const reading = 0;
export const writing = 1;

/** Places in `totals`. */
export const bytesRead = 0;
export const bytesWritten = 1;
export const schemas = 2;
export const states = 3;
export const otherMessages = 4;
export const brokenLines = 5;

const controlBytes = 8;
const totalsBytes = 64;

export function createBoardMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(controlBytes + totalsBytes + maxStreams * 16);
}

export function openBoard(memory: SharedArrayBuffer): ProgressBoard {
  return {
    control: new Int32Array(memory, 0, 2),
    totals: new Float64Array(memory, controlBytes, 8),
    counts: new Float64Array(memory, controlBytes + totalsBytes, maxStreams * 2),
  };
}

/** What a link tells the main thread in words; everything in numbers stands on the board. */
export type LinkNote =
  | { readonly kind: 'stream'; readonly name: string }
  /** Told for the first ten of a link. */
  | { readonly kind: 'broken-line'; readonly bytes: number }
  | {
      readonly kind: 'too-long';
      readonly type: string;
      readonly stream: string | undefined;
      readonly bytes: number;
    };

const toldBrokenLines = 10;

/** Scanner hooks that write onto a board. */
export function boardHooks(board: ProgressBoard, tell: (note: LinkNote) => void): ScannerHooks {
  const { counts, totals } = board;
  const add = (place: number) => {
    totals[place] = (totals[place] ?? 0) + 1;
  };
  return {
    onRecord(stream, bytes) {
      const place = Math.min(stream, maxStreams - 1) * 2;
      counts[place] = (counts[place] as number) + 1;
      counts[place + 1] = (counts[place + 1] as number) + bytes;
    },
    onStream: (name) => tell({ kind: 'stream', name }),
    onOther(type) {
      add(type === 'SCHEMA' ? schemas : type === 'STATE' ? states : otherMessages);
    },
    onBroken(bytes) {
      add(brokenLines);
      if ((totals[brokenLines] ?? 0) <= toldBrokenLines) tell({ kind: 'broken-line', bytes });
    },
    onTooLong: (type, stream, bytes) => tell({ kind: 'too-long', type, stream, bytes }),
  };
}
