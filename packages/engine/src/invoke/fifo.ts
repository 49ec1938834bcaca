import { execFile } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Watchdog } from './watchdog.ts';

/**
 * Named pipes in a private folder. Node's own pipes to children are sockets, slower per message and not
 * readable in blocking calls; a named pipe opened by name is a real pipe. The names stay until `close`, so
 * that a thread blocked in a read or write can be freed from outside.
 */
export interface FifoFolder {
  readonly paths: readonly string[];
  close(): void;
}

/** Undefined where the program `mkfifo` is missing or fails. */
export async function openFifos(count: number, watchdog?: Watchdog): Promise<FifoFolder | undefined> {
  if (process.platform === 'win32') return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'meltano-pipes-'));
  watchdog?.watchPath(folder);
  const paths = Array.from({ length: count }, (_, index) => join(folder, String(index)));
  const close = () => {
    rmSync(folder, { recursive: true, force: true });
    watchdog?.forgetPath(folder);
  };
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', ...paths]);
    return { paths, close };
  } catch {
    close();
    return undefined;
  }
}

/** Both ends, without waiting for one another. */
export function openBothEnds(path: string): { readonly readFd: number; readonly writeFd: number } {
  const both = openSync(path, constants.O_RDWR);
  const readFd = openSync(path, constants.O_RDONLY);
  const writeFd = openSync(path, constants.O_WRONLY);
  closeSync(both);
  return { readFd, writeFd };
}

/** An end that keeps the bytes in a pipe readable after its reader has gone; never blocks. */
export function openSpareReader(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** Empties the pipe and says how many bytes were in it. */
export function drainSpareReader(fd: number): number {
  const buffer = Buffer.allocUnsafe(64 * 1024);
  let total = 0;
  for (;;) {
    try {
      const count = readSync(fd, buffer);
      if (count === 0) return total;
      total += count;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return total;
      throw error;
    }
  }
}

/** Lets a thread that is blocked in a read of this pipe go on. */
export function wakeReader(path: string): void {
  try {
    const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      writeSync(fd, '\n');
    } finally {
      closeSync(fd);
    }
  } catch {
    // No reader (ENXIO), or a full pipe (EAGAIN): then nobody is blocked in a read.
  }
}

/** Lets a thread that is blocked in a write to this pipe go on. */
export function wakeWriter(path: string): void {
  try {
    const fd = openSpareReader(path);
    try {
      drainSpareReader(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // The name is gone, and with it every blocked writer.
  }
}
