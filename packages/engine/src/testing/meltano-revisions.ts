import { readFileSync } from 'node:fs';
import type { SqlConnection, SqlDialectName, SqlRow } from '../system/sql-connection.ts';
import { columnsOf, hasTable } from '../system/sql-dialect.ts';

interface Revision {
  readonly revision: string;
  readonly statements: readonly string[];
}

/** What Meltano's own migrations do, oldest first; recorded from version 4.4.1 by the script beside the file. */
export const meltanoRevisions = JSON.parse(
  readFileSync(new URL('../../fixtures/meltano-revisions/revisions.json', import.meta.url), 'utf8'),
) as Readonly<Record<SqlDialectName, readonly Revision[]>>;

/** Makes an empty database what Meltano's migrations make of it up to that revision. */
export async function replayRevisions(connection: SqlConnection, last: string): Promise<void> {
  const all = meltanoRevisions[connection.dialect];
  const end = all.findIndex(({ revision }) => revision === last) + 1;
  for (const statement of all.slice(0, end).flatMap(({ statements }) => statements))
    await connection.run(statement);
  await connection.run('INSERT INTO alembic_version (version_num) VALUES (?)', [last]);
}

const runId = '01a215fb73ff70049f0164ab23f321b5';
const rows: readonly Readonly<Record<string, string | number | null>>[] = [
  {
    job_name: 'a',
    state: 'SUCCESS',
    started_at: '2022-01-01 00:00:00.000000',
    ended_at: '2022-01-01 00:01:00.000000',
    payload: '{"singer_state": {"old": 1}}',
    payload_flags: 1,
  },
  {
    job_name: 'a',
    state: 'SUCCESS',
    started_at: '2022-01-02 00:00:00.000000',
    ended_at: '2022-01-02 00:01:00.000000',
    payload: '{"singer_state": {"b": {"x": 1}, "n": 12345678901234567890}}',
    payload_flags: 1,
  },
  {
    job_name: 'a',
    state: 'FAIL',
    started_at: '2022-01-03 00:00:00.000000',
    ended_at: '2022-01-03 00:01:00.000000',
    payload: '{"singer_state": {"b": {"y": 2}}, "error": "no"}',
    payload_flags: 2,
    run_id: runId,
    trigger: 'cli',
  },
  {
    job_name: 'a',
    state: 'RUNNING',
    started_at: '2022-01-04 00:00:00.000000',
    ended_at: null,
    payload: '{"singer_state": {"b": {"y": 3}}}',
    payload_flags: 2,
    last_heartbeat_at: '2022-01-04 00:02:00.000000',
  },
  {
    job_name: 'c',
    state: 'FAIL',
    started_at: '2021-01-05 00:00:00.000000',
    ended_at: '2022-01-05 00:00:00.000000',
    payload: '{"x": 1}',
    payload_flags: 2,
  },
];

/** Rows as a Meltano of that age wrote them: run ids, triggers and heartbeats came later. */
export async function insertOldRows(connection: SqlConnection): Promise<void> {
  const table = (await hasTable(connection, 'job')) ? 'job' : 'runs';
  const columns = await columnsOf(connection, table);
  for (const row of rows) {
    const present = Object.entries(row)
      .map(
        ([name, value]) => [name === 'job_name' && !columns.includes(name) ? 'job_id' : name, value] as const,
      )
      .filter(([name]) => columns.includes(name));
    const names = present.map(([name]) => `"${name}"`).join(', ');
    await connection.insert(
      `INSERT INTO ${table} (${names}) VALUES (${present.map(() => '?').join(', ')})`,
      present.map(([, value]) => value),
    );
  }
  if (!(await hasTable(connection, 'state'))) return;
  await connection.run('INSERT INTO state (state_id, partial_state, completed_state) VALUES (?, ?, ?)', [
    'a',
    oldState,
    '{}',
  ]);
  await connection.run(
    "INSERT INTO state (state_id, partial_state, completed_state) VALUES ('c', '{}', '{}')",
  );
}

/** What those runs come to as state. */
export const oldState = '{"singer_state": {"b": {"x": 1, "y": 2}, "n": 12345678901234567890}, "error": "no"}';

/** Everything about Meltano's tables that another program can see; ours and their indexes are left out. */
export async function describeSchema(connection: SqlConnection): Promise<readonly SqlRow[]> {
  const found: SqlRow[] = [];
  for (const sql of schemaQueries[connection.dialect]) found.push(...(await connection.all(sql)));
  return found.map((row) => ({ ...row }));
}

/** One line for each row, as the golden files have it. */
export function renderSchema(rows: readonly SqlRow[]): string {
  return `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`;
}

/** The file that says what Meltano's tables look like in that system. */
export function schemaGolden(dialect: SqlDialectName): string {
  return new URL(`../../fixtures/meltano-revisions/schema-${dialect}.json`, import.meta.url).pathname;
}

const schemaQueries: Readonly<Record<SqlDialectName, readonly string[]>> = {
  sqlite: [
    `SELECT t.name AS "table", c.name AS "column", c.type, c."notnull", c.dflt_value, c.pk
     FROM sqlite_master AS t, pragma_table_info(t.name) AS c
     WHERE t.type = 'table' AND t.name NOT LIKE 'meltano%' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, c.cid`,
    `SELECT t.name AS "table", i.name AS "index", i."unique", i.origin
     FROM sqlite_master AS t, pragma_index_list(t.name) AS i
     WHERE t.type = 'table' AND t.name NOT LIKE 'meltano%' AND i.name NOT LIKE 'meltano%' ORDER BY t.name, i.name`,
  ],
  postgresql: [
    `SELECT table_name AS "table", column_name AS "column", data_type, character_maximum_length AS length, is_nullable,
       column_default
     FROM information_schema.columns
     WHERE table_schema = current_schema() AND table_name NOT LIKE 'meltano%' ORDER BY table_name, ordinal_position`,
    `SELECT conrelid::regclass::text AS "table", conname AS "constraint", pg_get_constraintdef(oid) AS definition
     FROM pg_constraint
     WHERE connamespace = current_schema()::regnamespace AND contype IN ('p', 'u', 'f')
       AND conrelid::regclass::text NOT LIKE 'meltano%' ORDER BY 1, 2`,
    `SELECT tablename::text AS "table", indexname::text AS "index" FROM pg_indexes
     WHERE schemaname = current_schema() AND tablename NOT LIKE 'meltano%' AND indexname NOT LIKE 'meltano%'
     ORDER BY 1, 2`,
    `SELECT sequence_name AS "sequence", data_type FROM information_schema.sequences
     WHERE sequence_schema = current_schema() AND sequence_name NOT LIKE 'meltano%' ORDER BY 1`,
    `SELECT typname::text AS "enum" FROM pg_type WHERE typnamespace = current_schema()::regnamespace AND typtype = 'e'`,
  ],
  mysql: [
    // The version table has the collation of the server.
    `SELECT table_name AS "table", column_name AS "column", data_type AS type, character_maximum_length AS length,
       datetime_precision AS digits, is_nullable,
       CASE table_name WHEN 'alembic_version' THEN NULL ELSE collation_name END AS collation, extra
     FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name NOT LIKE 'meltano%' ORDER BY table_name, ordinal_position`,
    `SELECT table_name AS "table", index_name AS "index", column_name AS "column", non_unique
     FROM information_schema.statistics
     WHERE table_schema = DATABASE() AND table_name NOT LIKE 'meltano%' AND index_name NOT LIKE 'meltano%'
     ORDER BY 1, 2, seq_in_index`,
  ],
};
