import type { MeltanoSchema } from './meltano-schema.ts';
import type { SqlSession } from './sql-connection.ts';
import { columnsOf, hasTable } from './sql-dialect.ts';
import { unknownRevision } from './unknown-revision.ts';

const runs = `CREATE TABLE runs (
	id INTEGER NOT NULL,
	job_name VARCHAR,
	state VARCHAR(7),
	started_at DATETIME,
	ended_at DATETIME,
	payload VARCHAR,
	payload_flags INTEGER,
	run_id CHAR(32),
	"trigger" VARCHAR,
	last_heartbeat_at DATETIME,
	PRIMARY KEY (id)
)`;
const pluginSettings = `CREATE TABLE plugin_settings (
	label VARCHAR(255),
	description TEXT,
	name VARCHAR(255) NOT NULL,
	namespace VARCHAR(255),
	value BLOB,
	enabled BOOLEAN,
	PRIMARY KEY (name, namespace)
)`;
const state = `CREATE TABLE state (
	state_id VARCHAR(900) NOT NULL,
	partial_state VARCHAR,
	completed_state VARCHAR,
	updated_at DATETIME,
	PRIMARY KEY (state_id),
	UNIQUE (state_id)
)`;
const runColumns = [
  'id',
  'job_name',
  'state',
  'started_at',
  'ended_at',
  'payload',
  'payload_flags',
  'run_id',
  'trigger',
  'last_heartbeat_at',
];

export const sqliteSchema: MeltanoSchema = {
  createRuns: (session) => execute(session, runs),
  createPluginSettings: (session) => execute(session, pluginSettings),
  createState: (session) => execute(session, state),
  async upgradeRuns(session) {
    const old = (await hasTable(session, 'job')) ? 'job' : 'runs';
    const columns = await columnsOf(session, old);
    const nameColumn = columns.includes('job_name') ? 'job_name' : 'job_id';
    if (!columns.includes(nameColumn)) throw unknownRevision(undefined);
    const sources = runColumns.map((column) => {
      const source = column === 'job_name' ? nameColumn : column;
      return columns.includes(source) ? `"${source}"` : 'NULL';
    });
    await session.run(`ALTER TABLE "${old}" RENAME TO meltano_ts_old_runs`);
    await session.run(runs);
    await session.run(`INSERT INTO runs SELECT ${sources.join(', ')} FROM meltano_ts_old_runs`);
    await session.run('DROP TABLE meltano_ts_old_runs');
  },
  upgradePluginSettings: async () => {},
  upgradeState: async () => {},
};

async function execute(session: SqlSession, sql: string): Promise<void> {
  await session.run(sql);
}
