import { systemError } from './errors.ts';
import { numberOf, type SqlConnection, type SqlSession } from './sql-connection.ts';
import { type ColumnTypes, hasTable, sqlDialects } from './sql-dialect.ts';

/**
 * Our own tables in the system database, and indexes on Meltano's. All names begin with `meltano_ts_`, which
 * Meltano ignores; they have a version of their own, so that neither program's migrations wait for the other's.
 *
 * Steps are only ever appended: step n brings version n to n + 1. Each may be executed again after it was cut
 * off, which MySQL needs. Times are milliseconds since the epoch.
 */
type Steps = readonly ((types: ColumnTypes) => readonly Statement[])[];
type Statement = string | Index;

interface Index {
  readonly index: string;
  readonly on: string;
}

/** Leases and history: also used beside a folder of state files, in a database that holds nothing else. */
const stateTables = ({
  text,
  integer,
  id,
  key,
  indexed,
  tableOptions,
}: ColumnTypes): readonly Statement[] => [
  // One row for each state id that was ever leased. `token` only grows; without a run the lease is free.
  `CREATE TABLE IF NOT EXISTS meltano_ts_leases (
	state_id ${key(768)} NOT NULL PRIMARY KEY,
	token ${integer} NOT NULL,
	run_id ${text},
	host ${text},
	boot_id ${text},
	pid ${integer},
	process_start ${text},
	expires_at ${integer}
)${tableOptions}`,
  // `replaced_by`: the lease token of the run whose first write replaced the record; null for an edit by hand.
  `CREATE TABLE IF NOT EXISTS meltano_ts_state_history (
	id ${id},
	state_id ${key(768)} NOT NULL,
	completed_state ${text} NOT NULL,
	partial_state ${text} NOT NULL,
	replaced_at ${integer} NOT NULL,
	replaced_by ${integer}
)${tableOptions}`,
  {
    index: 'meltano_ts_state_history_by_state',
    on: `meltano_ts_state_history (${indexed('state_id')}, id)`,
  },
];

const reportTables = ({ text, integer, key, tableOptions }: ColumnTypes): readonly Statement[] => [
  `CREATE TABLE IF NOT EXISTS meltano_ts_run_reports (
	run_id ${key(64)} NOT NULL PRIMARY KEY,
	status ${text} NOT NULL,
	started_at ${integer} NOT NULL,
	ended_at ${integer} NOT NULL,
	report ${text} NOT NULL
)${tableOptions}`,
  { index: 'meltano_ts_run_reports_by_start', on: 'meltano_ts_run_reports (started_at)' },
  `CREATE TABLE IF NOT EXISTS meltano_ts_run_streams (
	run_id ${key(64)} NOT NULL,
	block ${integer} NOT NULL,
	stream ${key(640)} NOT NULL,
	block_name ${text} NOT NULL,
	state_id ${text},
	mode ${text},
	read_count ${integer} NOT NULL,
	loaded_count ${integer},
	refused_count ${integer} NOT NULL,
	bytes ${integer} NOT NULL,
	PRIMARY KEY (run_id, block, stream)
)${tableOptions}`,
];

// Meltano's table has no index, and every run looks for its state id in it.
const runIndexes = ({ indexed }: ColumnTypes): readonly Statement[] => [
  {
    index: 'meltano_ts_runs_by_state_id',
    on: `runs (${indexed('job_name')}, ${indexed('state')}, ended_at)`,
  },
  { index: 'meltano_ts_runs_by_state', on: `runs (${indexed('state')}, started_at)` },
  { index: 'meltano_ts_runs_by_run_id', on: 'runs (run_id)' },
];

const stepsOf: Readonly<Record<'system' | 'state-folder', Steps>> = {
  system: [(types) => [...stateTables(types), ...reportTables(types), ...runIndexes(types)]],
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
    const { types } = sqlDialects[session.dialect];
    for (const statement of steps.slice(version).flatMap((step) => step(types)))
      await execute(session, statement);
    await session.run('DELETE FROM meltano_ts_version');
    await session.run('INSERT INTO meltano_ts_version (version) VALUES (?)', [steps.length]);
  });
}

async function execute(session: SqlSession, statement: Statement): Promise<void> {
  if (typeof statement === 'string') {
    await session.run(statement);
    return;
  }
  const { index, on } = statement;
  const isThere = await session.all(sqlDialects[session.dialect].findIndex, [index]);
  if (isThere.length === 0) await session.run(`CREATE INDEX ${index} ON ${on}`);
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
