import { type AppError, errorMessage, isAppError } from '@meltano/foundation/errors';
import type { BlockRun } from './block-run.ts';
import { runError } from './errors.ts';

/** Meltano's words for a run that was stopped. */
export function stopError({ stop }: BlockRun): AppError | undefined {
  switch (stop.reason()) {
    case undefined:
    case 'failed':
      return undefined;
    case 'terminated':
      return runError('terminated', { message: 'The process was terminated' });
    case 'timed-out':
      return runError('timed_out', {
        message: 'The process was interrupted: the run timed out',
        hint: 'give it more time with --timeout; the next run goes on where this one ended',
      });
    case 'interrupted':
      return runError('interrupted', { message: 'The process was interrupted' });
  }
}

/** Anything that was thrown, as an error with a code. */
export function asAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  return runError('link_failed', { message: errorMessage(error), cause: error });
}
