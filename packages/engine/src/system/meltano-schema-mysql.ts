import type { MeltanoSchema } from './meltano-schema.ts';
import type { SqlSession } from './sql-connection.ts';
import { columnsOf, hasTable, mysqlTableOptions } from './sql-dialect.ts';
import { unknownRevision } from './unknown-revision.ts';

type Columns = readonly (readonly [string, string])[];

/**
 * Meltano 4.4.1 uses these tables but cannot make them: its migrations end with an error at revision
 * 5b43800443d1, since they rename a column without its type. So names and order are Meltano's, and three
 * things are ours. Payloads and states may be long, where Meltano's first revisions cut them at 1,024
 * characters. Times keep their microseconds. Text is compared by its characters, as in the other systems, and
 * a state id has 768 of them, which is the most that a key of InnoDB holds.
 */
const text = (type: string) => `${type} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`;
const runColumns: Columns = [
  ['id', 'INTEGER NOT NULL AUTO_INCREMENT'],
  ['job_name', text('VARCHAR(1024)')],
  ['state', text('VARCHAR(1024)')],
  ['started_at', 'DATETIME(6)'],
  ['ended_at', 'DATETIME(6)'],
  ['payload', text('LONGTEXT')],
  ['payload_flags', 'INTEGER'],
  ['run_id', text('CHAR(32)')],
  ['trigger', text('VARCHAR(1024)')],
  ['last_heartbeat_at', 'DATETIME(6)'],
];
const settingColumns: Columns = [
  ['label', text('VARCHAR(255)')],
  ['description', text('TEXT')],
  ['name', `${text('VARCHAR(255)')} NOT NULL`],
  ['namespace', `${text('VARCHAR(255)')} NOT NULL`],
  ['value', 'LONGBLOB'],
  ['enabled', 'BOOL'],
];
const stateColumns: Columns = [
  ['state_id', `${text('VARCHAR(768)')} NOT NULL`],
  ['partial_state', text('LONGTEXT')],
  ['completed_state', text('LONGTEXT')],
  ['updated_at', 'DATETIME(6)'],
];

/** No statement here is undone by a rollback, so each may be executed again after a crash. */
export const mysqlSchema: MeltanoSchema = {
  createRuns: (session) => createTable(session, 'runs', runColumns, 'id'),
  async upgradeRuns(session) {
    const isOld = await hasTable(session, 'job');
    const table = isOld ? 'job' : 'runs';
    const columns = await columnsOf(session, table);
    if (!columns.includes('job_id') && !columns.includes('job_name')) throw unknownRevision(undefined);
    for (const column of ['run_id', 'trigger', 'last_heartbeat_at']) {
      if (!columns.includes(column))
        await session.run(`ALTER TABLE ${table} ADD COLUMN "${column}" ${definitionOf(runColumns, column)}`);
    }
    if (columns.includes('job_id'))
      await session.run(
        `ALTER TABLE ${table} CHANGE job_id job_name ${definitionOf(runColumns, 'job_name')}`,
      );
    await modifyTable(session, table, runColumns);
    if (isOld) await session.run('RENAME TABLE job TO runs');
  },
  createPluginSettings: (session) =>
    createTable(session, 'plugin_settings', settingColumns, 'name, namespace'),
  upgradePluginSettings: (session) => modifyTable(session, 'plugin_settings', settingColumns),
  createState: (session) => createTable(session, 'state', stateColumns, 'state_id'),
  upgradeState: (session) => modifyTable(session, 'state', stateColumns),
};

async function createTable(session: SqlSession, name: string, columns: Columns, key: string): Promise<void> {
  const lines = columns.map(([column, definition]) => `	"${column}" ${definition}`);
  await session.run(
    `CREATE TABLE ${name} (\n${[...lines, `	PRIMARY KEY (${key})`].join(',\n')}\n)${mysqlTableOptions}`,
  );
}

async function modifyTable(session: SqlSession, name: string, columns: Columns): Promise<void> {
  const changes = columns.map(([column, definition]) => `MODIFY "${column}" ${definition}`);
  await session.run(`ALTER TABLE ${name} ${changes.join(', ')},${mysqlTableOptions}`);
}

function definitionOf(columns: Columns, name: string): string {
  return columns.find(([column]) => column === name)?.[1] ?? '';
}
