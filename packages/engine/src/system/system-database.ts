import type { Clock } from '@meltano/foundation/clock';
import type { Log } from '@meltano/foundation/log';
import type { Redactor } from '@meltano/foundation/redact';
import { parseDatabaseUri } from './database-uri.ts';
import { migrateMeltanoTables } from './meltano-tables.ts';
import { migrateOwnTables } from './own-tables.ts';
import { createPluginSettingsTable, type PluginSettingsTable } from './plugin-settings-table.ts';
import { createRunReports, type RunReports } from './run-reports.ts';
import { createRunRows, type RunRows } from './run-rows.ts';
import type { ConnectionRetries } from './server-connection.ts';
import type { SqlConnection } from './sql-connection.ts';
import { openSqlite } from './sqlite-connection.ts';
import { systemClock } from './system-clock.ts';

/** The project's system database: Meltano's tables, and ours beside them (`meltano_ts_…`). */
export interface SystemDatabase {
  readonly connection: SqlConnection;
  readonly runs: RunRows;
  readonly reports: RunReports;
  readonly pluginSettings: PluginSettingsTable;
  close(): Promise<void>;
}

export interface SystemDatabaseOptions {
  /** The setting `database_uri`, expanded. */
  readonly uri: string;
  /** What a relative path is relative to: the project's root. */
  readonly folder: string;
  readonly clock?: Clock;
  /** For a database on a server: how often to try, and where the attempts are told. */
  readonly retries?: ConnectionRetries;
  readonly log?: Log;
  /** Is told the password in the address. */
  readonly redactor?: Pick<Redactor, 'add'>;
}

/** Opens it, created or migrated as needed. Safe to do in several processes at once. */
export async function openSystemDatabase(options: SystemDatabaseOptions): Promise<SystemDatabase> {
  const clock = options.clock ?? systemClock;
  const connection = await openConnection(options, clock);
  try {
    await migrateMeltanoTables(connection);
    await migrateOwnTables(connection, 'system');
  } catch (error) {
    await connection.close();
    throw error;
  }
  return {
    connection,
    runs: createRunRows(connection, clock),
    reports: createRunReports(connection),
    pluginSettings: createPluginSettingsTable(connection),
    close: () => connection.close(),
  };
}

/** Only the driver that the address names is loaded. */
async function openConnection(options: SystemDatabaseOptions, clock: Clock): Promise<SqlConnection> {
  const address = parseDatabaseUri(options.uri, options.folder);
  if (address.kind === 'sqlite') return openSqlite({ file: address.file, clock });
  // Invariant 5: from here on the password is hidden wherever it turns up.
  if (address.password !== undefined) options.redactor?.add(address.password);
  const { retries, log } = options;
  const server = { clock, ...(retries && { retries }), ...(log && { log }) };
  if (address.kind === 'mysql') {
    const { openMysql } = await import('./mysql-connection.ts');
    return openMysql(address, server);
  }
  const { openPostgresql } = await import('./postgresql-connection.ts');
  return openPostgresql(address, server);
}
