import { existsSync } from 'node:fs';
import { parseDatabaseUri } from './database-uri.ts';

import { textOf } from './sql-connection.ts';
import { hasTable } from './sql-dialect.ts';
import { openSqlite } from './sqlite-connection.ts';

export type PeekedRevision =
  | { readonly kind: 'revision'; readonly revision: string }
  /** There is no database yet, or an empty one. */
  | { readonly kind: 'none' }
  /** It is on a server, which migrates when it is opened. */
  | { readonly kind: 'not-asked' };

/** The revision of Meltano's tables before anything opens the database, which would migrate it. */
export async function peekRevision(uri: string, folder: string): Promise<PeekedRevision> {
  const address = parseDatabaseUri(uri, folder);
  if (address.kind !== 'sqlite') return { kind: 'not-asked' };
  if (address.file === undefined || !existsSync(address.file)) return { kind: 'none' };
  const connection = await openSqlite({ file: address.file, readOnly: true });
  try {
    if (!(await hasTable(connection, 'alembic_version'))) return { kind: 'none' };
    const [row] = await connection.all('SELECT version_num FROM alembic_version');
    const revision = row === undefined ? undefined : textOf(row, 'version_num');
    return revision === undefined ? { kind: 'none' } : { kind: 'revision', revision };
  } finally {
    await connection.close();
  }
}
