import type { AppError } from '@meltano/foundation/errors';
import type { Redactor } from '@meltano/foundation/redact';
import type { BlockOutcome } from './run-outcome.ts';

/** An error as it stands in an outcome, without secrets (Invariant 5). */
export function outcomeError(error: AppError, redactor: Redactor): NonNullable<BlockOutcome['error']> {
  const causes = error.details['causes'];
  return {
    code: error.code,
    message: redactor.apply(error.message),
    ...(error.hint === undefined ? {} : { hint: redactor.apply(error.hint) }),
    ...(Array.isArray(causes) ? { causes: causes.map((cause) => redactor.apply(String(cause))) } : {}),
  };
}
