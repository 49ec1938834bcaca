import { closeSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { createSlots } from '@meltano/sdk/slots';

/**
 * The files that are open for writing, at most so many at a time: when another is needed, the one that was not used
 * for longest is closed, and opened again when its turn comes.
 */
export interface FilePool {
  /** The descriptor of a file, for use at once: a later call may close it. */
  use(path: string, open: () => number): number;
  close(path: string): void;
  /** Makes durable what was written, through whichever descriptor that was; only a few files at a time, too. */
  sync(path: string): Promise<void>;
}

/** Far below the limit of 256 that some systems give a process. */
const defaultLimit = 64;
const maxSyncs = 8;

export function createFilePool(limit = defaultLimit): FilePool {
  // In the order of last use.
  const files = new Map<string, number>();
  const slots = createSlots(maxSyncs);
  const close = (path: string) => {
    const file = files.get(path);
    if (file === undefined) return;
    files.delete(path);
    closeSync(file);
  };
  return {
    close,
    sync: (path) => slots.use(() => syncFile(path)),
    use(path, open) {
      const known = files.get(path);
      const [oldest] = files.keys();
      if (known === undefined && oldest !== undefined && files.size >= limit) close(oldest);
      files.delete(path);
      const file = known ?? open();
      files.set(path, file);
      return file;
    },
  };
}

async function syncFile(path: string): Promise<void> {
  const file = await openFile(path, 'r+');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}
