import { closeSync, readSync, writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { createLineGate } from './line-gate.ts';
import { createLineScanner } from './line-scanner.ts';
import {
  abandonFlag,
  activity,
  boardHooks,
  bytesRead,
  bytesWritten,
  type LinkNote,
  openBoard,
  type ProgressBoard,
  reading,
  writing,
} from './progress-board.ts';

/** The first and only message that the thread gets; both descriptors belong to it from then on. */
export interface PumpWork {
  readonly readFd: number;
  readonly writeFd: number;
  readonly memory: SharedArrayBuffer;
  readonly maxMessageBytes: number;
  readonly holdBytes: number;
}

export type PumpMessage =
  | { readonly kind: 'note'; readonly note: LinkNote }
  | {
      readonly kind: 'end';
      /** `end`: all was read and written; `broken-pipe`: the reader is gone; `abandoned`: told to stop. */
      readonly reason: 'end' | 'broken-pipe' | 'abandoned' | 'failed';
      readonly unfinishedBytes: number;
      readonly message?: string;
    };

/** Below this a read brought so little that waiting a moment saves wake-ups on both sides. */
const smallRead = 16 * 1024;
const pauseMs = 0.2;
/** The size of a pipe: one write that blocks is over as soon as a reader has taken this much. */
const writeBytes = 64 * 1024;

const say = (message: PumpMessage) => parentPort?.postMessage(message);
const pauseCell = new Int32Array(new SharedArrayBuffer(4));

parentPort?.once('message', (work: PumpWork) => {
  say(pump(work, openBoard(work.memory)));
});

/**
 * Reads, counts and writes in blocking calls: a program that flushes every line would otherwise cost one turn
 * of an event loop per line. The main thread frees a blocked call by raising the flag and then touching the
 * other end of the pipe.
 */
function pump(work: PumpWork, board: ProgressBoard): PumpMessage {
  const hooks = boardHooks(board, (note) => say({ kind: 'note', note }));
  const gate = createLineGate(createLineScanner(hooks, work.maxMessageBytes), work.holdBytes);
  const stopped = (): PumpMessage => ({
    kind: 'end',
    reason: isAbandoned(board) ? 'abandoned' : 'broken-pipe',
    unfinishedBytes: 0,
  });
  try {
    for (;;) {
      Atomics.store(board.control, activity, reading);
      const count = readSync(work.readFd, gate.room());
      if (isAbandoned(board)) return stopped();
      if (count === 0) break;
      board.totals[bytesRead] = (board.totals[bytesRead] ?? 0) + count;
      if (!writeAll(work.writeFd, gate.advance(count), board)) return stopped();
      if (count < smallRead) Atomics.wait(pauseCell, 0, 0, pauseMs);
    }
    const { rest, unfinishedBytes } = gate.finish();
    if (!writeAll(work.writeFd, rest, board)) return stopped();
    return { kind: 'end', reason: 'end', unfinishedBytes };
  } catch (error) {
    return { kind: 'end', reason: 'failed', unfinishedBytes: 0, message: String(error) };
  } finally {
    closeSync(work.readFd);
    closeSync(work.writeFd);
  }
}

function isAbandoned(board: ProgressBoard): boolean {
  return Atomics.load(board.control, abandonFlag) === 1;
}

/** False when the reader is gone, or when the link is given up. */
function writeAll(fd: number, bytes: Uint8Array, board: ProgressBoard): boolean {
  let at = 0;
  Atomics.store(board.control, activity, writing);
  while (at < bytes.length) {
    try {
      const count = writeSync(fd, bytes, at, Math.min(writeBytes, bytes.length - at));
      board.totals[bytesWritten] = (board.totals[bytesWritten] ?? 0) + count;
      at += count;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') return false;
      throw error;
    }
    if (isAbandoned(board)) return false;
  }
  return true;
}
