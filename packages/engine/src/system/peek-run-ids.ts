import { existsSync } from 'node:fs';
import { parseDatabaseUri } from './database-uri.ts';
import { textOf } from './sql-connection.ts';
import { hasTable } from './sql-dialect.ts';
import { openSqlite } from './sqlite-connection.ts';

const newest = 30;

/**
 * Ids of the newest runs that have a report, newest first, without making or migrating anything: a database that
 * is not there has none, and one on a server is not asked. `folder` is the project's root.
 */
export async function peekRunIds(databaseUri: string, folder: string): Promise<readonly string[]> {
  const address = parseDatabaseUri(databaseUri, folder);
  if (address.kind !== 'sqlite' || address.file === undefined || !existsSync(address.file)) return [];
  const connection = await openSqlite({ file: address.file, readOnly: true });
  try {
    if (!(await hasTable(connection, 'meltano_ts_run_reports'))) return [];
    const rows = await connection.all(
      `SELECT run_id FROM meltano_ts_run_reports ORDER BY started_at DESC, run_id DESC LIMIT ${newest}`,
    );
    return rows.flatMap((row) => textOf(row, 'run_id') ?? []);
  } finally {
    await connection.close();
  }
}
