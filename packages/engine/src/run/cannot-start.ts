import { AppError, errorMessage, isAppError } from '@meltano/foundation/errors';
import { explainSystemError } from '../explain-system-error.ts';
import { runError } from './errors.ts';

/**
 * Says which plugin of a run an error belongs to: `Cannot start plugin tap-x: …`. The code and the hint of the
 * inner error stay. Source of the text: meltano-runtime §3.4.
 */
export function cannotStart(what: string, thrown: unknown): AppError {
  const cause = explainSystemError(thrown);
  const message = `Cannot start ${what}: ${errorMessage(cause)}`;
  if (!isAppError(cause)) return runError('cannot_start', { message, cause });
  if (cause.category === 'cancelled' || cause.message.startsWith('Cannot start ')) return cause;
  const { code, category, hint, place, details } = cause;
  return new AppError({ code, category, hint, place, details, message, cause });
}
