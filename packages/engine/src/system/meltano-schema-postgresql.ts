import type { MeltanoSchema } from './meltano-schema.ts';
import type { SqlSession } from './sql-connection.ts';
import { columnsOf, hasTable } from './sql-dialect.ts';
import { unknownRevision } from './unknown-revision.ts';

/** Columns that came after the first revision, in the order in which they came. */
const addedColumns: readonly (readonly [string, string])[] = [
  ['run_id', 'UUID'],
  ['trigger', 'VARCHAR'],
  ['last_heartbeat_at', 'TIMESTAMP WITHOUT TIME ZONE'],
];

/** A new table is made as an old one and renamed: its key stays `job_pkey`, its sequence `job_id_seq`. */
export const postgresqlSchema: MeltanoSchema = {
  async createRuns(session) {
    await session.run(`CREATE TABLE job (
	id SERIAL NOT NULL,
	job_id VARCHAR,
	state VARCHAR,
	started_at TIMESTAMP WITHOUT TIME ZONE,
	ended_at TIMESTAMP WITHOUT TIME ZONE,
	payload VARCHAR,
	payload_flags INTEGER,
	PRIMARY KEY (id)
)`);
    await upgradeRuns(session);
  },
  upgradeRuns,
  async createPluginSettings(session) {
    await session.run(`CREATE TABLE plugin_settings (
	label VARCHAR(255),
	description TEXT,
	name VARCHAR(255) NOT NULL,
	namespace VARCHAR(255),
	value BYTEA,
	enabled BOOLEAN,
	PRIMARY KEY (name, namespace)
)`);
  },
  upgradePluginSettings: async () => {},
  async createState(session) {
    await session.run(`CREATE TABLE state (
	state_id VARCHAR(900) NOT NULL,
	partial_state VARCHAR,
	completed_state VARCHAR,
	updated_at TIMESTAMP WITHOUT TIME ZONE,
	PRIMARY KEY (state_id),
	UNIQUE (state_id)
)`);
  },
  upgradeState: async () => {},
};

async function upgradeRuns(session: SqlSession): Promise<void> {
  const isOld = await hasTable(session, 'job');
  const table = isOld ? 'job' : 'runs';
  const columns = await columnsOf(session, table);
  if (!columns.includes('job_id') && !columns.includes('job_name')) throw unknownRevision(undefined);
  for (const [column, type] of addedColumns) {
    if (!columns.includes(column)) await session.run(`ALTER TABLE ${table} ADD COLUMN "${column}" ${type}`);
  }
  if (!isOld) return;
  await session.run('ALTER TABLE job ALTER COLUMN state TYPE VARCHAR');
  await session.run('DROP TYPE IF EXISTS job_state');
  if (columns.includes('job_id')) await session.run('ALTER TABLE job RENAME COLUMN job_id TO job_name');
  await session.run('ALTER TABLE job RENAME TO runs');
}
