import { closeSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { Worker } from 'node:worker_threads';
import { atMost } from '../../invoke/at-most.ts';
import {
  drainSpareReader,
  openBothEnds,
  openSpareReader,
  wakeReader,
  wakeWriter,
} from '../../invoke/fifo.ts';
import { createLineGate } from './line-gate.ts';
import { createLineScanner } from './line-scanner.ts';
import {
  abandonFlag,
  activity,
  boardHooks,
  brokenLines,
  bytesRead,
  bytesWritten,
  createBoardMemory,
  type LinkNote,
  openBoard,
  type ProgressBoard,
  reading,
  writing,
} from './progress-board.ts';
import type { PumpMessage, PumpWork } from './pump.worker.ts';
import { writeToStream } from './write-to-stream.ts';

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

export interface PumpEnd {
  readonly reason: 'end' | 'broken-pipe' | 'abandoned' | 'failed';
  /** Size of a last line that was cut short; it was held back. */
  readonly unfinishedBytes: number;
  readonly message?: string;
}

export interface StreamCount {
  readonly stream: string;
  readonly records: number;
  readonly bytes: number;
}

export interface PumpOptions {
  /** Limit of what is no RECORD. */
  readonly maxMessageBytes: number;
  /** Longest unfinished line that is held back. Default 8 MiB. */
  readonly holdBytes?: number;
  onNote(note: LinkNote): void;
}

const defaultHoldBytes = 8 * 1024 * 1024;
const wakeEveryMs = 20;
const lookEveryMs = 5;

export interface ThreadPumpEnds {
  readonly thread: Worker;
  /** Named pipes that are this pump's alone. */
  readonly sourcePath: string;
  readonly sinkPath: string;
}

/** A pump in a thread of its own, over two named pipes. */
export function openThreadPump(ends: ThreadPumpEnds, options: PumpOptions): Pump {
  const { thread, sourcePath, sinkPath } = ends;
  const source = openBothEnds(sourcePath);
  const sink = openBothEnds(sinkPath);
  const spare = openOnce(openSpareReader(sinkPath));
  const memory = createBoardMemory();
  const streams: string[] = [];
  const work: PumpWork = {
    readFd: source.readFd,
    writeFd: sink.writeFd,
    memory,
    maxMessageBytes: options.maxMessageBytes,
    holdBytes: options.holdBytes ?? defaultHoldBytes,
  };
  const board = openBoard(memory);
  thread.postMessage(work);
  const done = pumpEnd(thread, (note) => {
    if (note.kind === 'stream') streams.push(note.name);
    options.onNote(note);
  });
  const childEnds = openOnce(source.writeFd, sink.readFd);
  void done.then(childEnds.close);
  return {
    sourceStdout: source.writeFd,
    sinkStdin: sink.readFd,
    connect: () => childEnds.close(),
    done,
    ...readBoard(board, streams),
    async sinkGone(limitMs) {
      const end = performance.now() + limitMs;
      let over = false;
      let unread = 0;
      do {
        over = (await atMost(done, lookEveryMs)) !== undefined;
        // The spare end reads in place of the process: what was written before the link ended is found.
        unread = spare.isOpen() ? drainSpareReader(spare.fd) : 0;
      } while (unread === 0 && !over && spare.isOpen() && performance.now() < end);
      spare.close();
      return unread;
    },
    abandon() {
      Atomics.store(board.control, abandonFlag, 1);
      childEnds.close();
      spare.close();
      const wake = () => {
        wakeReader(sourcePath);
        wakeWriter(sinkPath);
      };
      wake();
      const timer = setInterval(wake, wakeEveryMs);
      void done.then(() => clearInterval(timer));
    },
    close() {
      childEnds.close();
      spare.close();
    },
  };
}

function pumpEnd(worker: Worker, onNote: (note: LinkNote) => void): Promise<PumpEnd> {
  return new Promise((resolve) => {
    worker.on('message', (message: PumpMessage) => {
      if (message.kind === 'note') return onNote(message.note);
      const { kind: _, ...end } = message;
      return resolve(end);
    });
    worker.once('error', (error) => {
      resolve({ reason: 'failed', unfinishedBytes: 0, message: String(error) });
    });
    worker.once('exit', () => resolve({ reason: 'failed', unfinishedBytes: 0, message: 'the thread ended' }));
  });
}

function openOnce(...fds: readonly number[]) {
  let open = true;
  return {
    fd: fds[0] as number,
    isOpen: () => open,
    close() {
      if (!open) return;
      open = false;
      for (const fd of fds) closeSync(fd);
    },
  };
}

function readBoard(board: ProgressBoard, streams: readonly string[]) {
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

/** The same over Node's own pipes and the event loop, for systems without named pipes. */
export function openEventLoopPump(options: PumpOptions): Pump {
  const board = openBoard(createBoardMemory());
  const streams: string[] = [];
  const hooks = boardHooks(board, (note) => {
    if (note.kind === 'stream') streams.push(note.name);
    options.onNote(note);
  });
  const gate = createLineGate(
    createLineScanner(hooks, options.maxMessageBytes),
    options.holdBytes ?? defaultHoldBytes,
  );
  const stop = new AbortController();
  const { promise: done, resolve } = Promise.withResolvers<PumpEnd>();
  const move = async (source: Readable, sink: Writable): Promise<PumpEnd> => {
    for await (const chunk of source.iterator({ destroyOnReturn: true }) as AsyncIterable<Buffer>) {
      board.totals[bytesRead] = (board.totals[bytesRead] ?? 0) + chunk.length;
      for (let at = 0; at < chunk.length; ) {
        const count = chunk.copy(gate.room(), 0, at);
        at += count;
        if (!(await writeTo(sink, gate.advance(count), board))) return stopped();
      }
    }
    const { rest, unfinishedBytes } = gate.finish();
    if (!(await writeTo(sink, rest, board))) return stopped();
    sink.end();
    return { reason: 'end', unfinishedBytes };
  };
  const stopped = (): PumpEnd => ({
    reason: stop.signal.aborted ? 'abandoned' : 'broken-pipe',
    unfinishedBytes: 0,
  });
  let connected: { source: Readable; sink: Writable } | undefined;
  return {
    sourceStdout: 'pipe',
    sinkStdin: 'pipe',
    connect(source, sink) {
      if (source === null || sink === null) throw new TypeError('Both ends must be pipes');
      connected = { source, sink };
      move(source, sink).then(resolve, (error: unknown) => {
        if (stop.signal.aborted) resolve(stopped());
        else resolve({ reason: 'failed', unfinishedBytes: 0, message: String(error) });
      });
    },
    done,
    ...readBoard(board, streams),
    async sinkGone(limitMs) {
      const end = await atMost(done, limitMs);
      const unread = end === undefined ? (connected?.sink.writableLength ?? 0) : 0;
      connected?.sink.destroy();
      return unread;
    },
    abandon() {
      stop.abort();
      connected?.source.destroy();
      connected?.sink.destroy();
      if (connected === undefined) resolve(stopped());
    },
    close() {},
  };
}

async function writeTo(sink: Writable, bytes: Uint8Array, board: ProgressBoard): Promise<boolean> {
  if (bytes.length === 0) return !sink.destroyed;
  Atomics.store(board.control, activity, writing);
  // The gate's memory is used again: the stream gets a copy.
  const written = await writeToStream(sink, Buffer.from(bytes));
  board.totals[bytesWritten] = (board.totals[bytesWritten] ?? 0) + bytes.length;
  Atomics.store(board.control, activity, reading);
  return written;
}
