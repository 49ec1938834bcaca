import type { Session } from './session.ts';

/** What a person at a terminal is told at the first Ctrl-C. */
const whatRunsDo = 'Stopping: what was read is being loaded; press Ctrl-C again to stop at once';

interface Stop {
  stop(reason: 'interrupted' | 'terminated'): void;
}

/**
 * Invariant 8: the first SIGINT or SIGTERM asks the run to finish what it has begun, the second ends it at
 * once. Returns what takes the handlers away again.
 */
export function stopOnSignals(stop: Stop, session: Session, firstWords = whatRunsDo): () => void {
  let count = 0;
  const onInterrupt = () => {
    count += 1;
    if (count <= 2) session.log.log('info', count === 1 ? firstWords : 'Stopping at once');
    stop.stop('interrupted');
  };
  const onTerminate = () => stop.stop('terminated');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  process.on('SIGHUP', onTerminate);
  return () => {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onTerminate);
    process.off('SIGHUP', onTerminate);
  };
}
