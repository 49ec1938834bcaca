import type { Session } from './session.ts';

interface Stop {
  stop(reason: 'interrupted' | 'terminated'): void;
}

/**
 * Invariant 8: the first SIGINT or SIGTERM asks the run to finish what it has begun, the second ends it at
 * once. Returns what takes the handlers away again.
 */
export function stopOnSignals(stop: Stop, session: Session): () => void {
  const onInterrupt = () => {
    session.log.log('info', 'Stopping: what was read is being loaded; press Ctrl-C again to stop at once');
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
