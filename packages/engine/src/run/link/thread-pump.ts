import { closeSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { atMost } from '../../invoke/at-most.ts';
import {
  drainSpareReader,
  openBothEnds,
  openSpareReader,
  wakeReader,
  wakeWriter,
} from '../../invoke/fifo.ts';
import { abandonFlag, createBoardMemory, type LinkNote, openBoard } from './progress-board.ts';
import { defaultHoldBytes, type Pump, type PumpEnd, type PumpOptions, readBoard } from './pump.ts';
import type { PumpMessage, PumpWork } from './pump.worker.ts';

const wakeEveryMs = 20;

const lookEveryMs = 5;

/** What a pump in a thread is made of. */
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
