import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunOutcome } from '../run/run-outcome.ts';
import { staleSentence } from './run-rows.ts';
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

  it('may be created by several at once', async () => {
    const databases = await Promise.all([open(), open(), open()]);
    for (const database of databases) await database.runs.start({ runId, stateId: 'a', trigger: 'cli' });
    expect(await databases[0]?.runs.findByRunId(runId)).toHaveLength(3);
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

describe('runs', () => {
  it('live, beat, and end', async () => {
    const { runs, connection } = await open();
    const id = await runs.start({ runId, stateId: 'dev:a-to-b', trigger: 'cli' });
    expect(await connection.all('SELECT * FROM runs')).toMatchObject([
      {
        state: 'RUNNING',
        started_at: '2026-11-26 12:00:00.000000',
        ended_at: null,
        payload: '{}',
        payload_flags: 0,
        run_id: '01a215fb73ff70049f0164ab23f321b5',
        last_heartbeat_at: '2026-11-26 12:00:00.000000',
      },
    ]);
    now += 1500;
    await runs.heartbeat(id);
    await runs.savePayload(id, { singer_state: { é: 1 } }, 1);
    await runs.finish(id, { state: 'FAIL', error: 'Loader failed' });
    await runs.finish(id, { state: 'SUCCESS' });
    expect(
      await connection.all('SELECT state, ended_at, payload, payload_flags, last_heartbeat_at FROM runs'),
    ).toEqual([
      {
        state: 'FAIL',
        ended_at: '2026-11-26 12:00:01.500000',
        payload: '{"singer_state": {"\\u00e9": 1}, "error": "Loader failed"}',
        payload_flags: 1,
        last_heartbeat_at: '2026-11-26 12:00:01.500000',
      },
    ]);
    await expect(runs.savePayload(99, {}, 1)).rejects.toMatchObject({ code: 'system.run_not_found' });
  });

  it('without a sign of life are closed after five minutes, or a day', async () => {
    const { runs, connection } = await open();
    const beating = await runs.start({ runId, stateId: 'a', trigger: 'cli' });
    await runs.start({ runId: runId.replace('01a', '02a'), stateId: 'a', trigger: 'cli' });
    await runs.start({ runId: runId.replace('01a', '03a'), stateId: 'b', trigger: 'cli' });
    await connection.run("UPDATE runs SET last_heartbeat_at = NULL WHERE job_name = 'b'");
    now += 5 * 60_000 - 1;
    expect(await runs.failStale()).toEqual([]);
    await runs.heartbeat(beating);
    now += 2;
    const stale = await runs.failStale('a');
    expect(stale.map((each) => [each.run.id, staleSentence(each)])).toEqual([
      [
        2,
        "Marked stale run with state ID 'a' that started at 2026-11-26 12:00:00.000000+00:00 as failed: No heartbeat recorded for 5 minutes. The process was likely killed unceremoniously.",
      ],
    ]);
    expect((await runs.findRunning('a')).map((run) => run.id)).toEqual([beating]);
    now += 24 * 60 * 60_000;
    expect((await runs.failStale()).map((each) => each.error.slice(0, 30))).toEqual([
      'No heartbeat recorded for 5 mi',
      'Still running after 24 hours. ',
    ]);
  });

  it('of a dead process are closed by its run id, and lists leave out edits of state', async () => {
    const { runs } = await open();
    await runs.start({ runId, stateId: 'a', trigger: 'cli' });
    expect(await runs.failRun(runId, 'gone')).toBe(1);
    expect(await runs.failRun(runId, 'gone')).toBe(0);
    await runs.recordStateEdit({
      stateId: 'a',
      runId,
      payload: { singer_state: {} },
      flags: 2,
      trigger: 'cli',
    });
    now += 1000;
    const id = await runs.start({ runId: runId.replace('01a', '02a'), stateId: 'b', trigger: 'schedule' });
    await runs.finish(id, { state: 'SUCCESS' });
    expect((await runs.list()).map((run) => [run.stateId, run.state])).toEqual([
      ['b', 'SUCCESS'],
      ['a', 'FAIL'],
    ]);
    expect(await runs.list({ limit: 1, stateId: 'a', states: ['STATE_EDIT'] })).toMatchObject([
      { payloadFlags: 2, endedAt: now - 1000 },
    ]);
    expect((await runs.latestSuccess('b'))?.id).toBe(id);
    expect(await runs.latestSuccess('a')).toBeUndefined();
    expect(await runs.findByRunId('not a uuid')).toEqual([]);
  });
});

describe('settings', () => {
  it('are kept as Python reads them', async () => {
    const { pluginSettings, connection } = await open();
    await pluginSettings.set('meltano', 'cli.log_level', 'info');
    await pluginSettings.set('meltano', 'cli.log_level', 'debug');
    await pluginSettings.set('extractors.tap-x.default', 'start', { a: [1, null] });
    expect(
      await connection.all(
        "SELECT hex(value) AS value, enabled, label FROM plugin_settings WHERE namespace = 'meltano'",
      ),
    ).toEqual([{ value: '80059509000000000000008C056465627567942E', enabled: 1, label: null }]);
    expect(await pluginSettings.list('extractors.tap-x.default')).toEqual(
      new Map([['start', { a: [1, null] }]]),
    );
    await connection.run('UPDATE plugin_settings SET enabled = 0 WHERE name = ?', ['start']);
    expect(await pluginSettings.list('extractors.tap-x.default')).toEqual(new Map());
    expect(await pluginSettings.unset('meltano', 'cli.log_level')).toBe(true);
    expect(await pluginSettings.unset('meltano', 'cli.log_level')).toBe(false);
    expect(await pluginSettings.reset('extractors.tap-x.default')).toBe(1);
  });
});

describe('run reports', () => {
  it('are kept whole and row by row', async () => {
    const { reports, connection } = await open();
    const outcome: RunOutcome = {
      runId,
      status: 'succeeded',
      startedAt: 1000,
      endedAt: 2000,
      exitCode: 0,
      blocks: [
        {
          index: 0,
          name: 'tap-x target-x',
          kind: 'extract-load',
          status: 'succeeded',
          stateId: 'a',
          durationMs: 900,
          processes: {},
          statesStored: 1,
          schemaChanges: [],
          streams: [{ stream: 's', read: 5, loaded: 5, bytes: 100, refused: 0, mode: 'full' }],
        },
      ],
    };
    await reports.save(outcome);
    await reports.save(outcome);
    await reports.save({ ...outcome, runId: 'later', startedAt: 3000, blocks: [] });
    expect(await reports.find(runId)).toEqual(outcome);
    expect(await reports.find('other')).toBeUndefined();
    expect((await reports.list({ limit: 2 })).map((report) => report.runId)).toEqual(['later', runId]);
    expect(
      await connection.all('SELECT stream, read_count, loaded_count, state_id FROM meltano_ts_run_streams'),
    ).toEqual([{ stream: 's', read_count: 5, loaded_count: 5, state_id: 'a' }]);
  });
});

describe('transactions', () => {
  it('undo everything when they fail, and others wait for them', async () => {
    const { connection } = await open();
    await connection.run('CREATE TABLE t (x INTEGER)');
    const failing = connection.transaction(async (session) => {
      await session.run('INSERT INTO t VALUES (1)');
      throw new Error('no');
    });
    const inserting = connection.run('INSERT INTO t VALUES (2)');
    await expect(failing).rejects.toThrow('no');
    await inserting;
    expect(await connection.all('SELECT x FROM t')).toEqual([{ x: 2 }]);
  });

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
