import type { MeltanoSchema } from './meltano-schema.ts';
import { mysqlSchema } from './meltano-schema-mysql.ts';
import { postgresqlSchema } from './meltano-schema-postgresql.ts';
import { sqliteSchema } from './meltano-schema-sqlite.ts';
import { type SqlConnection, type SqlDialectName, type SqlSession, textOf } from './sql-connection.ts';
import { hasTable } from './sql-dialect.ts';
import { fillStateFromRuns } from './state-from-runs.ts';
import { unknownRevision } from './unknown-revision.ts';

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

const schemas: Readonly<Record<SqlDialectName, MeltanoSchema>> = {
  sqlite: sqliteSchema,
  postgresql: postgresqlSchema,
  mysql: mysqlSchema,
};

const versionTable = `CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)`;

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
 * Creates Meltano's tables, or brings older ones to the newest revision, in one transaction; in MySQL, where
 * no transaction holds such changes together, in steps that go on where they were cut off. A revision that
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

/** The version table comes first: what has it, and no revision in it, was begun by this program or by Meltano. */
async function createTables(session: SqlSession): Promise<void> {
  const schema = schemas[session.dialect];
  const isBegun = await hasTable(session, 'alembic_version');
  const isInSteps = isBegun && session.dialect === 'mysql';
  if (await hasTable(session, 'job')) throw unknownRevision(undefined);
  if (!isInSteps && (await hasTable(session, 'runs'))) throw unknownRevision(undefined);
  if (!isBegun) await session.run(versionTable);
  if (!(await hasTable(session, 'runs'))) await schema.createRuns(session);
  if (!(await hasTable(session, 'plugin_settings'))) await schema.createPluginSettings(session);
  if (!(await hasTable(session, 'state'))) await schema.createState(session);
  await session.run('INSERT INTO alembic_version (version_num) VALUES (?)', [meltanoRevision]);
}

async function upgradeTables(session: SqlSession, revision: string): Promise<void> {
  const position = revisions.indexOf(revision);
  if (position < 0) throw unknownRevision(revision);
  const schema = schemas[session.dialect];
  await schema.upgradeRuns(session);
  if (await hasTable(session, 'plugin_settings')) await schema.upgradePluginSettings(session);
  else await schema.createPluginSettings(session);
  if (position < revisions.indexOf(stateTableRevision)) {
    await session.run('DROP TABLE IF EXISTS state');
    await schema.createState(session);
    await fillStateFromRuns(session);
  } else await schema.upgradeState(session);
  for (const table of leftovers) await session.run(`DROP TABLE IF EXISTS "${table}"`);
  await session.run('UPDATE alembic_version SET version_num = ?', [meltanoRevision]);
}
