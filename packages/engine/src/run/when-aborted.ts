/** Calls back once when the signal is aborted, at once when it already is; not after `over`. */
export function whenAborted(signal: AbortSignal, act: () => void, over?: AbortSignal): void {
  if (over?.aborted) return;
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true, ...(over === undefined ? {} : { signal: over }) });
}
