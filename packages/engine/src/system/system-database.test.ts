import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemDatabaseSuite } from '../testing/system-database-suite.ts';
import { openSqlite } from './sqlite-connection.ts';
import { openSystemDatabase, type SystemDatabase } from './system-database.ts';

let folder = '';
let now = Date.UTC(2026, 10, 26, 12);
let opened: SystemDatabase[] = [];
const clock = { now: () => now, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
const runId = '01a215fb-73ff-7004-9f01-64ab23f321b5';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meltano-system-'));
  now = Date.UTC(2026, 10, 26, 12);
});
afterEach(async () => {
  for (const database of opened) await database.close();
  opened = [];
  await rm(folder, { recursive: true, force: true });
});

async function open(): Promise<SystemDatabase> {
  const database = await openSystemDatabase({ uri: 'sqlite:///meltano.db', folder, clock });
  opened.push(database);
  return database;
}

function raw(): DatabaseSync {
  return new DatabaseSync(join(folder, 'meltano.db'));
}

systemDatabaseSuite('SQLite', async () => {
  const place = await mkdtemp(join(tmpdir(), 'meltano-system-'));
  return {
    uri: `sqlite:///${join(place, 'meltano.db')}`,
    remove: () => rm(place, { recursive: true, force: true }),
  };
});

describe('the tables', () => {
  it('are Meltano’s to the column, with ours beside them', async () => {
    await open();
    const database = raw();
    const columns = (table: string) =>
      database
        .prepare(`PRAGMA table_info(${table})`)
        .all()
        .map((row) => `${String(row['name'])} ${String(row['type'])}`);
    expect(columns('runs')).toEqual([
      'id INTEGER',
      'job_name VARCHAR',
      'state VARCHAR(7)',
      'started_at DATETIME',
      'ended_at DATETIME',
      'payload VARCHAR',
      'payload_flags INTEGER',
      'run_id CHAR(32)',
      'trigger VARCHAR',
      'last_heartbeat_at DATETIME',
    ]);
    expect(columns('state')).toEqual([
      'state_id VARCHAR(900)',
      'partial_state VARCHAR',
      'completed_state VARCHAR',
      'updated_at DATETIME',
    ]);
    expect(columns('plugin_settings')).toEqual([
      'label VARCHAR(255)',
      'description TEXT',
      'name VARCHAR(255)',
      'namespace VARCHAR(255)',
      'value BLOB',
      'enabled BOOLEAN',
    ]);
    expect(database.prepare('SELECT version_num FROM alembic_version').all()).toEqual([
      { version_num: 'c0efb3c314eb' },
    ]);
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    const others = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all();
    const ours = others
      .map((row) => String(row['name']))
      .filter((name) => !['runs', 'state', 'plugin_settings', 'alembic_version'].includes(name));
    expect(ours.every((name) => name.startsWith('meltano_ts_'))).toBe(true);
    database.close();
  });

  it('of an old Meltano are brought up to date with their state', async () => {
    const old = raw();
    old.exec(`CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
      INSERT INTO alembic_version VALUES ('13e8639c6d2b');
      CREATE TABLE user (id INTEGER PRIMARY KEY);
      CREATE TABLE plugin_settings (label VARCHAR(255), description TEXT, name VARCHAR(255) NOT NULL, namespace VARCHAR(255), value BLOB, enabled BOOLEAN, PRIMARY KEY (name, namespace));
      CREATE TABLE job (id INTEGER NOT NULL PRIMARY KEY, job_id VARCHAR, state VARCHAR(10), started_at DATETIME, ended_at DATETIME, payload VARCHAR, payload_flags INTEGER, run_id CHAR(32), "trigger" VARCHAR, last_heartbeat_at DATETIME);
      INSERT INTO job VALUES
        (1, 'a', 'SUCCESS', '2022-01-01 00:00:00.000000', '2022-01-01 00:01:00.000000', '{"singer_state": {"old": 1}}', 1, NULL, 'cli', NULL),
        (2, 'a', 'SUCCESS', '2022-01-02 00:00:00.000000', '2022-01-02 00:01:00.000000', '{"singer_state": {"b": {"x": 1}, "n": 12345678901234567890}}', 1, NULL, 'cli', NULL),
        (3, 'a', 'FAIL', '2022-01-03 00:00:00.000000', '2022-01-03 00:01:00.000000', '{"singer_state": {"b": {"y": 2}}}', 2, '01a215fb73ff70049f0164ab23f321b5', 'cli', NULL),
        (4, 'a', 'RUNNING', '2022-01-04 00:00:00.000000', NULL, '{"singer_state": {"b": {"y": 3}}}', 2, NULL, 'cli', NULL)`);
    old.close();
    const database = await open();
    const [row] = await database.connection.all('SELECT * FROM state');
    expect(row).toMatchObject({ state_id: 'a', completed_state: '{}', updated_at: null });
    expect(row?.['partial_state']).toBe(
      '{"singer_state": {"b": {"x": 1, "y": 2}, "n": 12345678901234567890}}',
    );
    expect((await database.runs.findByRunId(runId)).map((run) => [run.id, run.stateId, run.state])).toEqual([
      [3, 'a', 'FAIL'],
    ]);
    expect(
      await database.connection.all(
        "SELECT name FROM sqlite_master WHERE name IN ('job', 'user', 'meltano_ts_old_runs')",
      ),
    ).toEqual([]);
    expect(await database.connection.all('SELECT version_num FROM alembic_version')).toEqual([
      { version_num: 'c0efb3c314eb' },
    ]);
  });

  it('of a newer Meltano, or of one from before migrations, are left alone', async () => {
    const newer = raw();
    newer.exec(
      "CREATE TABLE alembic_version (version_num VARCHAR(32)); INSERT INTO alembic_version VALUES ('ffffffffffff')",
    );
    newer.close();
    await expect(open()).rejects.toMatchObject({
      code: 'system.unknown_revision',
      message: expect.stringContaining('ffffffffffff'),
    });
    await rm(join(folder, 'meltano.db'));
    const ancient = raw();
    ancient.exec('CREATE TABLE job (id INTEGER)');
    ancient.close();
    await expect(open()).rejects.toMatchObject({
      code: 'system.unknown_revision',
      message: expect.stringContaining('v0.34.0'),
    });
  });

  it('of ours in a newer version are left alone', async () => {
    await (await open()).connection.run('UPDATE meltano_ts_version SET version = 99');
    await expect(open()).rejects.toMatchObject({ code: 'system.newer_tables' });
  });

  it('need a database: a file of something else gets a clear error', async () => {
    await writeFile(
      join(folder, 'meltano.db'),
      'this is no database, but long enough to look like a file with content'.repeat(20),
    );
    await expect(open()).rejects.toMatchObject({
      code: 'system.cannot_open',
      message: expect.stringContaining('meltano.db'),
    });
  });
});

describe('transactions', () => {
  it('of another connection are waited for, up to a limit', async () => {
    const one = await open();
    const impatient = await openSqlite({ file: join(folder, 'meltano.db'), waitMs: 0 });
    const insert = () => impatient.run("INSERT INTO state (state_id) VALUES ('b')");
    await one.connection.transaction(async (session) => {
      await session.run("INSERT INTO state (state_id) VALUES ('a')");
      await expect(insert()).rejects.toMatchObject({ code: 'system.busy' });
    });
    await insert();
    await impatient.close();
  });
});
