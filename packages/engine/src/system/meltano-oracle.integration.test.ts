import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringifyJson } from '@meltano/foundation/json';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { openStateStore } from '../state/open-state-store.ts';
import { insertOldRows, replayRevisions } from '../testing/meltano-revisions.ts';
import { createTestDatabase, mysqlServer, openAddress } from '../testing/test-databases.ts';
import { openSystemDatabase } from './system-database.ts';

/**
 * Meltano itself, to share a project with: `MELTANO_ORACLE` names the executable of version 4.4.1, e.g.
 * `MELTANO_ORACLE=~/oracle/bin/meltano`.
 */
const oracle = process.env['MELTANO_ORACLE'];
if (!oracle) process.stderr.write('SKIPPED tests beside Meltano 4.4.1: MELTANO_ORACLE names no executable\n');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meltano-oracle-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Where a project keeps its system database. Meltano names its driver in the address. */
interface System {
  readonly name: string;
  readonly server?: string;
  readonly scheme?: string;
}
const mysql = mysqlServer('tests beside Meltano 4.4.1');
const systems: readonly System[] = [
  { name: 'SQLite' },
  { name: 'PostgreSQL', server: inject('postgres'), scheme: 'postgresql+psycopg2' },
  ...(mysql === undefined ? [] : [{ name: 'MySQL', server: mysql, scheme: 'mysql+pymysql' }]),
];

interface Project {
  readonly root: string;
  readonly uri: string;
  meltano(...args: string[]): string;
}

async function createProject(name: string, { server, scheme = '' }: System = { name: '' }): Promise<Project> {
  const root = await mkdtemp(join(folder, `${name}-`));
  await mkdir(join(root, '.meltano'), { recursive: true });
  await writeFile(join(root, 'meltano.yml'), 'send_anonymous_usage_stats: false\n');
  const database = server === undefined ? undefined : await createTestDatabase(server);
  if (database !== undefined) onTestFinished(database.remove);
  const uri = database?.uri ?? `sqlite:///${join(root, '.meltano', 'meltano.db')}`;
  const meltano = (...args: string[]) => {
    const env = {
      ...process.env,
      XDG_STATE_HOME: join(folder, 'logs'),
      MELTANO_SEND_ANONYMOUS_USAGE_STATS: 'false',
      MELTANO_DATABASE_URI: server === undefined ? uri : uri.replace(/^\w+/, scheme),
    };
    const { status, stdout, stderr } = spawnSync(oracle ?? '', args, { cwd: root, encoding: 'utf8', env });
    if (status !== 0) throw new Error(`meltano ${args.join(' ')} ended with ${status}: ${stderr}`);
    return stdout;
  };
  return { root, uri, meltano };
}

const runId = '01a215fb-73ff-7004-9f01-64ab23f321b5';

/** All rows of Meltano's tables, in the order of their keys. */
async function meltanoRows(uri: string) {
  const connection = await openAddress(uri);
  const rows = {
    state: await connection.all(
      'SELECT state_id, partial_state, completed_state, updated_at FROM state ORDER BY state_id',
    ),
    runs: await connection.all('SELECT * FROM runs ORDER BY id'),
    revision: await connection.all('SELECT version_num FROM alembic_version'),
  };
  await connection.close();
  return rows;
}

describe.skipIf(!oracle).each(systems)('beside Meltano 4.4.1 on $name', (system) => {
  it('Meltano goes on with a database of ours', async () => {
    const { root, uri, meltano } = await createProject('ours', system);
    const database = await openSystemDatabase({ uri, folder: root });
    const store = await openStateStore({ uri: 'systemdb', systemConnection: database.connection });
    await store.set('s1', {
      completed: { singer_state: { n: 1, ü: [1.5], long: 'x'.repeat(5000) } },
      partial: { singer_state: { m: 2 } },
    });
    const id = await database.runs.start({ runId, stateId: 's1', trigger: 'cli' });
    await database.runs.finish(id, { state: 'SUCCESS' });
    await database.pluginSettings.set('meltano', 'hub_url', 'https://hub.example.com');
    await database.close();

    expect(JSON.parse(meltano('state', 'get', 's1'))).toEqual({
      singer_state: { n: 1, ü: [1.5], long: 'x'.repeat(5000), m: 2 },
    });
    expect(JSON.parse(meltano('logs', 'list', '--format', 'json'))).toMatchObject({
      runs: [{ log_id: runId, job_name: 's1', state: 'SUCCESS' }],
    });
    expect(meltano('config', 'list', 'meltano')).toContain(
      "'https://hub.example.com' (from the system database)",
    );
  });

  it('ours goes on with a database of Meltano', async () => {
    const { root, uri, meltano } = await createProject('its', system);
    // Meltano's own migrations do not reach their end on MySQL.
    if (system.name === 'MySQL') await (await openSystemDatabase({ uri, folder: root })).close();
    meltano('state', 'set', '--force', 's1', '{"singer_state": {"n": 12345678901234567890}}');
    meltano('state', 'merge', 's1', '{"singer_state": {"p": true}}');
    meltano('config', 'set', 'meltano', '--store=db', 'cli.log_level', 'warning');

    const database = await openSystemDatabase({ uri, folder: root });
    const store = await openStateStore({ uri: 'systemdb', systemConnection: database.connection });
    const record = await store.get('s1');
    expect(stringifyJson(record?.completed ?? {})).toBe('{"singer_state":{"n":12345678901234567890}}');
    expect(record?.partial).toEqual({ singer_state: { p: true } });
    expect(await database.pluginSettings.list('meltano')).toEqual(new Map([['cli.log_level', 'warning']]));
    const edits = await database.runs.list({ states: ['STATE_EDIT'] });
    expect(edits.map((run) => run.payloadFlags).sort((a, b) => a - b)).toEqual([1, 2]);
    for (const { startedAt = 0 } of edits) expect(Math.abs(startedAt - Date.now())).toBeLessThan(3_600_000);
    await store.set('s1', { completed: { singer_state: {} }, partial: {} });
    await database.close();
    expect(JSON.parse(meltano('state', 'get', 's1'))).toEqual({ singer_state: {} });
  });

  // Its own migrations do not reach their end on MySQL.
  it.skipIf(system.name === 'MySQL').each(['367228df6a43', '13e8639c6d2b', 'f4c225a9492f'])(
    'both make the same of a database of revision %s',
    async (revision) => {
      const [its, ours] = [await createProject('its', system), await createProject('ours', system)];
      for (const { uri } of [its, ours]) {
        const connection = await openAddress(uri);
        await replayRevisions(connection, revision);
        await insertOldRows(connection);
        await connection.close();
      }
      its.meltano('state', 'list');
      await (await openSystemDatabase({ uri: ours.uri, folder: ours.root })).close();
      expect(await meltanoRows(ours.uri)).toEqual(await meltanoRows(its.uri));
      expect(ours.meltano('state', 'get', 'a')).toBe(its.meltano('state', 'get', 'a'));
    },
  );
});

describe.skipIf(!oracle)('beside Meltano 4.4.1', () => {
  it('both use one folder of state files', async () => {
    const { root, uri, meltano } = await createProject('files');
    const state = `file://${join(root, 'state')}`;
    await writeFile(join(root, '.env'), `MELTANO_STATE_BACKEND_URI=${state}\n`);
    meltano('state', 'set', '--force', 'dev:a', '{"singer_state": {"ü": 1}}');
    const database = await openSystemDatabase({ uri, folder: root });
    const store = await openStateStore({ uri: state, systemConnection: database.connection });
    expect(await store.get('dev:a')).toEqual({ completed: { singer_state: { ü: 1 } }, partial: {} });
    const theirs = await readFile(join(root, 'state', 'dev:a', 'state.json'), 'utf8');
    const record = await store.get('dev:a');
    if (record !== undefined) await store.set('dev:b', record);
    expect(await readFile(join(root, 'state', 'dev:b', 'state.json'), 'utf8')).toBe(theirs);
    expect(meltano('state', 'list').split('\n').filter(Boolean).sort()).toEqual(['dev:a', 'dev:b']);
    meltano('state', 'clear', '--force', 'dev:b');
    expect(await store.list()).toEqual(['dev:a']);
    await store.close();
    await database.close();
  });
});
