import { resolve } from 'node:path';
import { hidePasswordsInAddresses } from '@meltano/foundation/redact';
import { systemError } from './errors.ts';

/** Where the system database is. `file` is absolute; without one the database lives in memory. */
export interface SqliteAddress {
  readonly kind: 'sqlite';
  readonly file: string | undefined;
}
export type DatabaseAddress = SqliteAddress;

/**
 * Reads a `database_uri` with the rules of SQLAlchemy: `sqlite:////absolute`, `sqlite:///relative` (to
 * `folder`), `sqlite://` (in memory), also with a driver name (`sqlite+pysqlite:`) and a query, which is for
 * Python's driver and means nothing here.
 */
export function parseDatabaseUri(uri: string, folder: string): DatabaseAddress {
  const match = /^([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?:\/\/(.*)$/is.exec(uri.trim());
  if (match === null) throw invalidUri(uri, 'it has no scheme');
  const [, scheme = '', rest = ''] = match;
  if (scheme.toLowerCase() !== 'sqlite') throw unsupportedDatabase(uri);
  const path = rest.replace(/\?.*$/s, '');
  if (path === '' || path === '/' || path === '/:memory:') return { kind: 'sqlite', file: undefined };
  if (!path.startsWith('/')) throw invalidUri(uri, 'a path of SQLite begins after three slashes');
  return { kind: 'sqlite', file: resolve(folder, path.slice(1)) };
}

function invalidUri(uri: string, why: string) {
  return systemError('invalid_uri', {
    message: `The database address '${hidePasswordsInAddresses(uri)}' cannot be read: ${why}`,
    hint: 'Write sqlite:////absolute/path.db or sqlite:///relative/path.db',
  });
}

function unsupportedDatabase(uri: string) {
  return systemError('unsupported_database', {
    message: `The system database '${hidePasswordsInAddresses(uri)}' is of a kind that this version does not open; it opens SQLite`,
    hint: 'Set database_uri to sqlite:////absolute/path.db; to share state between machines set state_backend.uri',
  });
}
