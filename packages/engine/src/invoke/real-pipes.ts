import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { drainSpareReader, openBothEnds, openSpareReader } from './fifo.ts';
import { openPipeSupply, type PipeSupply } from './pipe-supply.ts';

/** One standard stream of a child: what is given to `spawn`, and our end of it. */
export interface ChildPipe {
  readonly stdio: number | 'pipe';
  /** Our end; undefined where `spawn` makes it. */
  readonly stream: (Readable & Writable) | undefined;
  /** Of an input, once the child is gone: the bytes that it left unread. */
  unread(): number;
  /** To be called once the child runs, or could not be started: gives up our copy of its end. */
  release(): void;
}

/**
 * Pipes for children that are pipes. Those that Node makes are sockets, and a program that opens
 * `/dev/stderr` or `/dev/stdout` by name, as scripts do, fails on a socket. Where there are no named pipes it
 * answers with Node's own.
 */
export async function openRealPipes(
  directions: readonly ('in' | 'out')[],
  supply?: PipeSupply,
): Promise<readonly ChildPipe[]> {
  const own = supply === undefined ? openPipeSupply() : undefined;
  try {
    const paths = await (supply ?? own)?.take(directions.length);
    if (paths === undefined)
      return directions.map(() => ({ stdio: 'pipe', stream: undefined, unread: () => 0, release() {} }));
    return directions.map((direction, index) => openPipe(direction, paths[index] ?? ''));
  } finally {
    await own?.close();
  }
}

function openPipe(direction: 'in' | 'out', path: string): ChildPipe {
  const { readFd, writeFd } = openBothEnds(path);
  const [childFd, ownEnd] = direction === 'in' ? [readFd, writeFd] : [writeFd, readFd];
  // The event loop needs an end that never blocks; the child gets one that does.
  const flags = direction === 'in' ? constants.O_WRONLY : constants.O_RDONLY;
  const fd = openSync(path, flags | constants.O_NONBLOCK);
  closeSync(ownEnd);
  let spare = direction === 'in' ? openSpareReader(path) : undefined;
  let released = false;
  return {
    stdio: childFd,
    stream: new Socket({ fd, readable: direction === 'out', writable: direction === 'in' }),
    unread() {
      if (spare === undefined) return 0;
      const count = drainSpareReader(spare);
      closeSync(spare);
      spare = undefined;
      return count;
    },
    release() {
      if (!released) closeSync(childFd);
      released = true;
    },
  };
}
