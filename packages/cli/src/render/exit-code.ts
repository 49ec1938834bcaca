import { type ErrorCategory, isAppError } from '@meltano/foundation/errors';

/** Exit codes of the command line by kind of error. Source: meltano-cli §1.3. */
const exitCodes: Readonly<Record<ErrorCategory, number>> = {
  usage: 2,
  invalid: 1,
  missing: 1,
  conflict: 1,
  environment: 1,
  plugin: 1,
  internal: 1,
  cancelled: 1,
};

/** A project that requires another version of Meltano is told apart by its own code, and so is SIGTERM. */
const exitCodesByError: Readonly<Record<string, number>> = {
  'project.version_not_met': 3,
  // As a run that was ended by SIGTERM.
  'cli.terminated': 143,
};

export function exitCodeOf(error: unknown): number {
  if (!isAppError(error)) return 1;
  return exitCodesByError[error.code] ?? exitCodes[error.category];
}
