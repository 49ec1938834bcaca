import { errorMessage, isAppError } from '@meltano/foundation/errors';
import { systemError } from './errors.ts';
import { renderServerAddress, type ServerAddress } from './server-address.ts';

/** Why a connection was not made, as far as the driver's error tells. */
export type ConnectProblem =
  | 'refused'
  | 'unknown_host'
  | 'timeout'
  | 'encryption'
  | 'login'
  | 'database'
  | 'other';

const finalProblems: readonly ConnectProblem[] = ['encryption', 'login', 'database'];

/** True when trying again in a few seconds would end in the same way. */
export function isFinalProblem(problem: ConnectProblem): boolean {
  return finalProblems.includes(problem);
}

/** Problems of the network, which all drivers report alike. */
export function networkProblem(error: unknown): ConnectProblem {
  const codes = [codeOf(error), ...innerErrors(error).map(codeOf)];
  if (codes.includes('ECONNREFUSED') || codes.includes('ENOENT')) return 'refused';
  if (codes.some((code) => code === 'ENOTFOUND' || code === 'EAI_AGAIN')) return 'unknown_host';
  if (codes.some((code) => code === 'ETIMEDOUT' || code === 'EHOSTUNREACH')) return 'timeout';
  if (codes.some((code) => /CERT|UNABLE_TO_VERIFY|^HANDSHAKE_|ERR_SSL|ERR_TLS/.test(code ?? ''))) {
    return 'encryption';
  }
  return 'other';
}

export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** A host with several addresses fails with one error for each. */
function innerErrors(error: unknown): readonly unknown[] {
  return error instanceof AggregateError ? error.errors : [];
}

/** The error for a person. It holds no password: the address is put together from its parts (Invariant 5). */
export function cannotConnect(address: ServerAddress, problem: ConnectProblem, error: unknown): Error {
  if (isAppError(error)) return error;
  const [first] = innerErrors(error);
  const reason = errorMessage(error) || errorMessage(first ?? error) || 'no reason given';
  return systemError('cannot_connect', {
    message: `Cannot connect to the system database ${renderServerAddress(address)}: ${reason}`,
    hint: hints[problem](address),
    details: { problem },
    cause: error,
  });
}

const hints: Readonly<Record<ConnectProblem, (address: ServerAddress) => string>> = {
  refused: () => 'Start the database server, or correct the host and port in database_uri',
  unknown_host: ({ host }) => `Correct the host '${host ?? ''}' in database_uri, or check the network`,
  timeout: () => 'Check that the server can be reached from here, then the host and port in database_uri',
  encryption: ({ kind }) =>
    kind === 'postgresql'
      ? 'Choose another sslmode in database_uri, or name the certificate of its authority: ?sslmode=verify-full&sslrootcert=/path/ca.crt'
      : 'Name the certificate of its authority in database_uri (?ssl_ca=/path/ca.pem), or leave out the options that begin with ssl',
  login: () =>
    'Correct the user and password in database_uri (MELTANO_DATABASE_URI); signs like @ : / in a password are percent-encoded',
  database: ({ database }) =>
    `Create it with \`CREATE DATABASE ${database ?? 'meltano'}\`, or correct the name in database_uri`,
  other: () => 'Check database_uri, and that the server accepts connections',
};
