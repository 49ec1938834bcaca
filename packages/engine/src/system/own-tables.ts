import { systemError } from './errors.ts';
import { hasTable } from './meltano-tables.ts';
import { numberOf, type SqlConnection, type SqlSession } from './sql-connection.ts';

/**
 * Our own tables in the system database, and indexes on Meltano's. All names begin with `meltano_ts_`, which
 * Meltano ignores; they have a version of their own, so that neither program's migrations wait for the other's.
 *
 * Steps are only ever appended: step n brings version n to n + 1. Times are milliseconds since the epoch.
 */
type Steps = readonly (readonly string[])[];

/** Leases and history: also used beside a folder of state files, in a database that holds nothing else. */
const stateTables = [
  // One row for each state id that was ever leased. `token` only grows; without a run the lease is free.
  `CREATE TABLE meltano_ts_leases (
	state_id TEXT NOT NULL PRIMARY KEY,
	token INTEGER NOT NULL,
	run_id TEXT,
	host TEXT,
	boot_id TEXT,
	pid INTEGER,
	process_start TEXT,
	expires_at INTEGER
)`,
  // `replaced_by`: the lease token of the run whose first write replaced the record; null for an edit by hand.
  `CREATE TABLE meltano_ts_state_history (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	state_id TEXT NOT NULL,
	completed_state TEXT NOT NULL,
	partial_state TEXT NOT NULL,
	replaced_at INTEGER NOT NULL,
	replaced_by INTEGER
)`,
  'CREATE INDEX meltano_ts_state_history_by_state ON meltano_ts_state_history (state_id, id)',
];

const reportTables = [
  `CREATE TABLE meltano_ts_run_reports (
	run_id TEXT NOT NULL PRIMARY KEY,
	status TEXT NOT NULL,
	started_at INTEGER NOT NULL,
	ended_at INTEGER NOT NULL,
	report TEXT NOT NULL
)`,
  'CREATE INDEX meltano_ts_run_reports_by_start ON meltano_ts_run_reports (started_at)',
  `CREATE TABLE meltano_ts_run_streams (
	run_id TEXT NOT NULL,
	block INTEGER NOT NULL,
	stream TEXT NOT NULL,
	block_name TEXT NOT NULL,
	state_id TEXT,
	mode TEXT,
	read_count INTEGER NOT NULL,
	loaded_count INTEGER,
	refused_count INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	PRIMARY KEY (run_id, block, stream)
)`,
];

const runIndexes = [
  // Meltano's table has no index, and every run looks for its state id in it.
  'CREATE INDEX meltano_ts_runs_by_state_id ON runs (job_name, state, ended_at)',
  'CREATE INDEX meltano_ts_runs_by_state ON runs (state, started_at)',
  'CREATE INDEX meltano_ts_runs_by_run_id ON runs (run_id)',
];

const stepsOf: Readonly<Record<'system' | 'state-folder', Steps>> = {
  system: [[...stateTables, ...reportTables, ...runIndexes]],
  'state-folder': [stateTables],
};

/** Creates or upgrades them in one transaction. */
export async function migrateOwnTables(connection: SqlConnection, kind: keyof typeof stepsOf): Promise<void> {
  const steps = stepsOf[kind];
  if ((await readVersion(connection)) === steps.length) return;
  await connection.transaction(async (session) => {
    const version = await readVersion(session);
    if (version > steps.length) throw newerTables(version, steps.length);
    if (version === steps.length) return;
    if (version === 0)
      await session.run('CREATE TABLE IF NOT EXISTS meltano_ts_version (version INTEGER NOT NULL)');
    for (const statement of steps.slice(version).flat()) await session.run(statement);
    await session.run('DELETE FROM meltano_ts_version');
    await session.run('INSERT INTO meltano_ts_version (version) VALUES (?)', [steps.length]);
  });
}

async function readVersion(session: SqlSession): Promise<number> {
  if (!(await hasTable(session, 'meltano_ts_version'))) return 0;
  const [row] = await session.all('SELECT version FROM meltano_ts_version');
  return row === undefined ? 0 : (numberOf(row, 'version') ?? 0);
}

function newerTables(version: number, known: number) {
  return systemError('newer_tables', {
    message: `The system database has our tables in version ${version}; this program knows versions up to ${known}`,
    hint: 'A newer meltano has used this project: upgrade this one',
  });
}
