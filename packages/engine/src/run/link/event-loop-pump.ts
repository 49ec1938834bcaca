import type { Readable, Writable } from 'node:stream';
import { atMost } from '../../invoke/at-most.ts';
import { createLineGate } from './line-gate.ts';
import { createLineScanner } from './line-scanner.ts';
import {
  activity,
  boardHooks,
  bytesRead,
  bytesWritten,
  createBoardMemory,
  openBoard,
  type ProgressBoard,
  reading,
  writing,
} from './progress-board.ts';
import { defaultHoldBytes, type Pump, type PumpEnd, type PumpOptions, readBoard } from './pump.ts';
import { writeToStream } from './write-to-stream.ts';

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
