/**
 * Hands SIGTERM and SIGHUP on to a child that shares this program's terminal, and lets SIGINT reach it by the
 * terminal alone, until the returned function is called. A child that was asked to end already is killed by the
 * next such signal. This program ends when the child does.
 */
export function forwardSignals(child: { signal(name: NodeJS.Signals): void; kill(): void }): () => void {
  let isAsked = false;
  const handOn = (name: NodeJS.Signals) => {
    if (isAsked) return child.kill();
    isAsked = true;
    child.signal(name);
  };
  const onTerminate = () => handOn('SIGTERM');
  const onHangUp = () => handOn('SIGHUP');
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
