/**
 * Hands SIGTERM and SIGHUP on to a child that shares this program's terminal, and lets SIGINT reach it by the
 * terminal alone, until the returned function is called. A child that was asked to end already is killed by the
 * next such signal. A signal that comes while the child is being started waits for it. This program ends when
 * the child does.
 */
export function forwardSignals(
  child: Promise<{ signal(name: NodeJS.Signals): void; kill(): void }>,
): () => void {
  let isAsked = false;
  const handOn = (name: NodeJS.Signals) => {
    const isSecond = isAsked;
    isAsked = true;
    // That it cannot be started is told by whoever starts it.
    child.then(
      (started) => (isSecond ? started.kill() : started.signal(name)),
      () => {},
    );
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
