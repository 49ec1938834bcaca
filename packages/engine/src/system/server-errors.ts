import { errorMessage } from '@meltano/foundation/errors';
import { systemError } from './errors.ts';

/** Errors of statements on a server. `label` is the address without its password. */
export function serverBusy(label: string, seconds: number, cause: unknown) {
  return systemError('busy', {
    message: `The database ${label} was locked by another process for ${seconds} s`,
    hint: 'Wait for the other process to finish, or end it',
    cause,
  });
}

export function connectionLost(label: string, cause: unknown) {
  return systemError('connection_lost', {
    message: `The connection to the database ${label} was lost: ${errorMessage(cause)}`,
    hint: 'Check that the server runs and can be reached, then run again',
    cause,
  });
}

export function statementRefused(label: string, hint: string, cause: unknown) {
  return systemError('query_failed', {
    message: `The database ${label} refused a statement: ${errorMessage(cause)}`,
    hint,
    cause,
  });
}
