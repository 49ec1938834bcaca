import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { systemError } from './errors.ts';
import { readCertificate } from './read-certificate.ts';
import type { ServerAddress } from './server-address.ts';

/** What is tried, in order: without encryption, or with it. */
export type TlsAttempt = ConnectionOptions | false;

/**
 * What libpq does for each `sslmode`; without one it prefers encryption and does without where the server has
 * none. `sslrootcert`, `sslcert` and `sslkey` are files.
 */
export function postgresqlTlsAttempts(
  { parameters, host }: Pick<ServerAddress, 'parameters' | 'host'>,
  env: Readonly<Record<string, string | undefined>>,
): readonly TlsAttempt[] {
  if (host?.startsWith('/')) return [false];
  const mode = parameters.get('sslmode') ?? env['PGSSLMODE'] ?? 'prefer';
  const unverified = { ...ownCertificate(parameters), rejectUnauthorized: false };
  switch (mode) {
    case 'disable':
      return [false];
    case 'allow':
      return [false, unverified];
    case 'prefer':
      return [unverified, false];
    case 'require':
      return parameters.has('sslrootcert') ? [verifyingAuthority(parameters)] : [unverified];
    case 'verify-ca':
      return [verifyingAuthority(parameters)];
    case 'verify-full':
      return [{ ...ownCertificate(parameters), ...authorities(parameters), rejectUnauthorized: true }];
    default:
      throw systemError('invalid_uri', {
        message: `The database address in database_uri has sslmode=${mode}, which PostgreSQL does not know`,
        hint: 'Use disable, allow, prefer, require, verify-ca or verify-full',
      });
  }
}

function verifyingAuthority(parameters: ReadonlyMap<string, string>): ConnectionOptions {
  const anyName = { checkServerIdentity: () => undefined };
  return { ...ownCertificate(parameters), ...authorities(parameters), rejectUnauthorized: true, ...anyName };
}

/** Without a file of their own, the authorities that the platform trusts. */
function authorities(parameters: ReadonlyMap<string, string>): ConnectionOptions {
  const file = parameters.get('sslrootcert');
  if (file === 'system') return {};
  if (file !== undefined) return { ca: readCertificate(file) };
  try {
    return { ca: readFileSync(join(homedir(), '.postgresql', 'root.crt')) };
  } catch {
    return {};
  }
}

function ownCertificate(parameters: ReadonlyMap<string, string>): ConnectionOptions {
  const certificate = parameters.get('sslcert');
  const key = parameters.get('sslkey');
  return {
    ...(certificate === undefined ? {} : { cert: readCertificate(certificate) }),
    ...(key === undefined ? {} : { key: readCertificate(key) }),
  };
}
