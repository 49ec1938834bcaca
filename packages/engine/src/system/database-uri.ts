import { resolve } from 'node:path';
import { systemError } from './errors.ts';
import { parseServerAddress, type ServerAddress, serverKind } from './server-address.ts';

/** Where the system database is. `file` is absolute; without one the database lives in memory. */
export interface SqliteAddress {
  readonly kind: 'sqlite';
  readonly file: string | undefined;
}
export type DatabaseAddress = SqliteAddress | ServerAddress;

/**
 * Reads a `database_uri` with the rules of SQLAlchemy: `sqlite:////absolute`, `sqlite:///relative` (to
 * `folder`), `sqlite://` (in memory), `postgresql://…`, `mysql://…`, `mariadb://…`, also with the name of a
 * driver of Python's (`postgresql+psycopg2:`), which means nothing here.
 */
export function parseDatabaseUri(uri: string, folder: string): DatabaseAddress {
  if (uri.trim() === '') throw emptyUri();
  const match = /^([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?:\/\/(.*)$/is.exec(uri.trim());
  if (match === null) throw invalidUri('', 'it has no scheme');
  const [, scheme = '', rest = ''] = match;
  const kind = serverKind(scheme);
  if (kind !== undefined) {
    const address = parseServerAddress(kind, rest);
    if (typeof address === 'string') throw invalidUri(scheme, address);
    return address;
  }
  if (scheme.toLowerCase() !== 'sqlite') throw unsupportedDatabase(scheme);
  const path = rest.replace(/\?.*$/s, '');
  if (path === '' || path === '/' || path === '/:memory:') return { kind: 'sqlite', file: undefined };
  if (!path.startsWith('/')) throw invalidUri(scheme, 'a path of SQLite begins after three slashes');
  return { kind: 'sqlite', file: resolve(folder, path.slice(1)) };
}

function emptyUri() {
  return systemError('invalid_uri', {
    message: 'The database address in database_uri is empty, or refers to a variable that is not set',
    hint: 'Set that variable, or remove database_uri: the database is then .meltano/meltano.db',
  });
}

/** The address itself is not shown: nobody knows where in it a password would be. */
function invalidUri(scheme: string, why: string) {
  const kind = serverKind(scheme);
  return systemError('invalid_uri', {
    message: `The database address in database_uri${scheme === '' ? '' : ` ('${scheme}://…')`} cannot be read: ${why}`,
    hint:
      kind === undefined
        ? 'Write sqlite:////absolute/path.db or sqlite:///relative/path.db'
        : `Write ${scheme}://user:password@host:port/database, with signs like @ and / in the password percent-encoded`,
  });
}

function unsupportedDatabase(scheme: string) {
  return systemError('unsupported_database', {
    message: `The system database '${scheme}://…' is of a kind that this version does not open; it opens SQLite, PostgreSQL, MySQL and MariaDB`,
    hint: 'Set database_uri to sqlite:////absolute/path.db or to postgresql://user:password@host/database',
  });
}
