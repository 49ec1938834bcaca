import { Worker } from 'node:worker_threads';

/** Threads for pumps, started in advance: a thread needs some time to start, in which a run prepares its plugins. */
export interface PumpThreads {
  take(): Worker;
  /** Ends those that nobody has taken. */
  close(): Promise<void>;
}

export function openPumpThreads(count: number): PumpThreads {
  const waiting = Array.from({ length: count }, startThread);
  return {
    take: () => waiting.pop() ?? startThread(),
    async close() {
      await Promise.all(waiting.splice(0).map((thread) => thread.terminate()));
    },
  };
}

function startThread(): Worker {
  const thread = new Worker(threadFile(), {
    // The descriptors are opened by the main thread and closed by this one.
    trackUnmanagedFds: false,
    execArgv: [],
    env: {},
  });
  // Before it is taken nobody listens; whoever takes it hears of its end.
  thread.on('error', () => {});
  return thread;
}

/** In development the source runs unbuilt; built, the thread has an entry file of its own beside this one. */
function threadFile(): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./pump.worker.${extension}`, import.meta.url);
}
