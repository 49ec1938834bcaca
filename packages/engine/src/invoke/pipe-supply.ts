import { type FifoFolder, openFifos } from './fifo.ts';
import type { Watchdog } from './watchdog.ts';

/**
 * Named pipes made in advance: the program that makes them takes some milliseconds, in which a run has other
 * things to do.
 */
export interface PipeSupply {
  /** Paths of pipes that nobody else gets; undefined where there are none. They stay until `close`. */
  take(count: number): Promise<readonly string[] | undefined>;
  close(): Promise<void>;
}

const atOnce = 12;

export function openPipeSupply(watchdog?: Watchdog): PipeSupply {
  const folders: Promise<FifoFolder | undefined>[] = [];
  const make = (count: number) => {
    const folder = openFifos(count, watchdog);
    folders.push(folder);
    return folder;
  };
  const first = make(atOnce).then((folder) => [...(folder?.paths ?? [])]);
  return {
    async take(count) {
      const free = await first;
      if (free.length >= count) return free.splice(0, count);
      return (await make(count))?.paths;
    },
    async close() {
      for (const folder of folders) (await folder)?.close();
    },
  };
}
