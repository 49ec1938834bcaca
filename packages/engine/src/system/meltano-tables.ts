import { isJsonObject, type JsonObject, parseJson, stringifyPythonJson } from '@meltano/foundation/json';
import { mergeState } from '@meltano/singer/state';
import { systemError } from './errors.ts';
import { type SqlConnection, type SqlSession, textOf } from './sql-connection.ts';

/** The newest revision of Meltano's own tables that both programs know; Meltano 4.4.1 creates it. */
export const meltanoRevision = 'c0efb3c314eb';

/** Meltano's revisions, oldest first. Source: meltano-runtime §5.5. */
const revisions = [
  'b4c05e463b53',
  '6ef30ab7b8e5',
  '53e97221d99f',
  'a3e2b0a4937d',
  '990c0665f3ce',
  'ceb00d7ff3bd',
  '23ea52e6d784',
  '87d9638f6ac6',
  '367228df6a43',
  'e4fbabc3fed6',
  'd135f52a6f49',
  '13e8639c6d2b',
  '5b43800443d1',
  'f4c225a9492f',
  '6828cc5b1a4f',
  meltanoRevision,
];
const stateTableRevision = '6828cc5b1a4f';

/**
 * Meltano's tables, column for column in Meltano's order and spelling: other tools read them with
 * `SELECT *`, and Meltano itself goes on working with the file. Source: meltano-runtime §5.3.
 */
const tables = {
  alembic_version: `CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)`,
  runs: `CREATE TABLE runs (
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
)`,
  plugin_settings: `CREATE TABLE plugin_settings (
	label VARCHAR(255),
	description TEXT,
	name VARCHAR(255) NOT NULL,
	namespace VARCHAR(255),
	value BLOB,
	enabled BOOLEAN,
	PRIMARY KEY (name, namespace)
)`,
  state: `CREATE TABLE state (
	state_id VARCHAR(900) NOT NULL,
	partial_state VARCHAR,
	completed_state VARCHAR,
	updated_at DATETIME,
	PRIMARY KEY (state_id),
	UNIQUE (state_id)
)`,
} as const;

/** What the user interface of Meltano 1 and 2 left behind; dropped by Meltano's last revision. */
const leftovers = [
  'embed_tokens',
  'subscriptions',
  'oauth',
  'role_permissions',
  'roles_users',
  'role',
  'user',
];

/**
 * Creates Meltano's tables, or brings older ones to the newest revision, in one transaction. A revision that
 * nobody here knows is an error: it was written by a newer Meltano, and writing to it could break it.
 */
export async function migrateMeltanoTables(connection: SqlConnection): Promise<void> {
  if ((await readRevision(connection)) === meltanoRevision) return;
  await connection.transaction(async (session) => {
    const revision = await readRevision(session);
    if (revision === meltanoRevision) return;
    if (revision === undefined) await createTables(session);
    else await upgradeTables(session, revision);
  });
}

async function readRevision(session: SqlSession): Promise<string | undefined> {
  if (!(await hasTable(session, 'alembic_version'))) return undefined;
  const [row] = await session.all('SELECT version_num FROM alembic_version');
  return row === undefined ? undefined : textOf(row, 'version_num');
}

async function createTables(session: SqlSession): Promise<void> {
  for (const old of ['job', 'runs']) {
    if (await hasTable(session, old)) throw unknownRevision(undefined);
  }
  for (const [name, ddl] of Object.entries(tables)) {
    if (!(await hasTable(session, name))) await session.run(ddl);
  }
  await session.run('INSERT INTO alembic_version (version_num) VALUES (?)', [meltanoRevision]);
}

async function upgradeTables(session: SqlSession, revision: string): Promise<void> {
  const position = revisions.indexOf(revision);
  if (position < 0) throw unknownRevision(revision);
  await rebuildRuns(session);
  if (!(await hasTable(session, 'plugin_settings'))) await session.run(tables.plugin_settings);
  if (position < revisions.indexOf(stateTableRevision)) await fillStateFromRuns(session);
  for (const table of leftovers) await session.run(`DROP TABLE IF EXISTS "${table}"`);
  await session.run('UPDATE alembic_version SET version_num = ?', [meltanoRevision]);
}

/** `job`, with whatever columns its age gave it, becomes `runs`. */
async function rebuildRuns(session: SqlSession): Promise<void> {
  const old = (await hasTable(session, 'job')) ? 'job' : 'runs';
  const columns = (await session.all(`PRAGMA table_info("${old}")`)).map((row) => textOf(row, 'name') ?? '');
  const nameColumn = columns.includes('job_name') ? 'job_name' : 'job_id';
  if (!columns.includes(nameColumn)) throw unknownRevision(undefined);
  const wanted = [
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
  const sources = wanted.map((column) => {
    const source = column === 'job_name' ? nameColumn : column;
    return columns.includes(source) ? `"${source}"` : 'NULL';
  });
  await session.run(`ALTER TABLE "${old}" RENAME TO meltano_ts_old_runs`);
  await session.run(tables.runs);
  await session.run(`INSERT INTO runs SELECT ${sources.join(', ')} FROM meltano_ts_old_runs`);
  await session.run('DROP TABLE meltano_ts_old_runs');
}

/**
 * Meltano's revision 6828cc5b1a4f: the state of each name is its latest complete payload with the later
 * partial ones laid over it, all of it kept as partial state. Source: meltano-runtime §5.5.
 */
async function fillStateFromRuns(session: SqlSession): Promise<void> {
  await session.run('DROP TABLE IF EXISTS state');
  await session.run(tables.state);
  const names = await session.all(
    'SELECT DISTINCT job_name FROM runs WHERE job_name IS NOT NULL AND ended_at IS NOT NULL',
  );
  for (const row of names) {
    const name = textOf(row, 'job_name') ?? '';
    const state = await stateFromRuns(session, name);
    await session.run('INSERT INTO state (state_id, partial_state, completed_state) VALUES (?, ?, ?)', [
      name,
      stringifyPythonJson(state),
      '{}',
    ]);
  }
}

async function stateFromRuns(session: SqlSession, name: string): Promise<JsonObject> {
  const [complete] = await session.all(
    'SELECT payload, ended_at FROM runs WHERE job_name = ? AND ended_at IS NOT NULL AND payload_flags & 1 ORDER BY ended_at DESC, id DESC LIMIT 1',
    [name],
  );
  const since = complete === undefined ? '' : (textOf(complete, 'ended_at') ?? '');
  const partial = await session.all(
    'SELECT payload FROM runs WHERE job_name = ? AND ended_at > ? AND payload_flags & 2 ORDER BY ended_at, id',
    [name, since],
  );
  const payloads = [...(complete === undefined ? [] : [complete]), ...partial].map((row) =>
    payloadOf(textOf(row, 'payload')),
  );
  return payloads.reduce((state, payload) => mergeState(payload, state), {});
}

function payloadOf(text: string | undefined): JsonObject {
  try {
    const value = parseJson(text ?? '{}');
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

export async function hasTable(session: SqlSession, name: string): Promise<boolean> {
  const rows = await session.all("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [name]);
  return rows.length > 0;
}

function unknownRevision(revision: string | undefined) {
  return systemError('unknown_revision', {
    message:
      revision === undefined
        ? 'The system database has tables of Meltano but no revision: it was created before database migrations were introduced (v0.34.0), or is broken'
        : `The system database has revision '${revision}', which this version does not know`,
    hint:
      revision === undefined
        ? 'Move the file away to begin with an empty system database'
        : 'It was written by a newer Meltano: upgrade this one, or use another database_uri',
  });
}
