/**
 * Hands SIGTERM and SIGHUP on to a child that shares this program's terminal, and lets SIGINT reach it by the
 * terminal alone, until the returned function is called. This program ends when the child does.
 */
export function forwardSignals(child: { signal(name: NodeJS.Signals): void }): () => void {
  const onTerminate = () => child.signal('SIGTERM');
  const onHangUp = () => child.signal('SIGHUP');
  const onInterrupt = () => {};
  process.on('SIGTERM', onTerminate);
  process.on('SIGHUP', onHangUp);
  process.on('SIGINT', onInterrupt);
  return () => {
    process.off('SIGTERM', onTerminate);
    process.off('SIGHUP', onHangUp);
    process.off('SIGINT', onInterrupt);
  };
}
