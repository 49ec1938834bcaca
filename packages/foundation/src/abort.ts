import { AppError } from './errors.ts';

/** The error that ends work which was asked to stop. */
export function cancelledError(reason: string, cause?: unknown): AppError {
  return new AppError({ code: 'run.cancelled', category: 'cancelled', message: reason, cause });
}

/** Rejects when the signal is aborted, resolves with the work otherwise. The work itself is not stopped. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  if (signal.aborted) throw cancelledError('Stopped before it began', signal.reason);
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(cancelledError('Stopped', signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
