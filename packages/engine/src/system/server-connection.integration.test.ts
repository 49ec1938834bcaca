import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  onTestFinished,
} from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../testing/cutting-proxy.ts';
import {
  describeSchema,
  insertOldRows,
  oldState,
  renderSchema,
  replayRevisions,
  schemaGolden,
} from '../testing/meltano-revisions.ts';
import {
  createTestDatabase,
  mysqlServer,
  openAddress,
  type TestDatabase,
} from '../testing/test-databases.ts';
import { parseDatabaseUri } from './database-uri.ts';
import { openMysql } from './mysql-connection.ts';
import { openPostgresql } from './postgresql-connection.ts';
import type { ServerAddress } from './server-address.ts';
import type { ServerConnectionOptions } from './server-connection.ts';
import type { SqlConnection } from './sql-connection.ts';
import { openSystemDatabase } from './system-database.ts';

const program = new URL('../testing/open-database-process.ts', import.meta.url).pathname;

/** Ends by itself although nothing is closed, and says which drivers it has loaded. */
function loadedDrivers(uri: string): unknown {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--conditions=meltano-source', program, uri],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

it('a project with SQLite loads no driver of a server', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'meltano-drivers-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  expect(loadedDrivers(`sqlite:///${join(folder, 'meltano.db')}`)).toEqual([]);
});

function serverConnectionSuite(name: string, driver: string, server: () => string): void {
  describe(`connections to ${name}`, () => {
    let database: TestDatabase;
    let proxy: CuttingProxy;
    let opened: SqlConnection[] = [];
    let lines: string[] = [];
    const log = { log: (level: string, event: string) => lines.push(`${level}: ${event}`) };

    beforeAll(async () => {
      database = await createTestDatabase(server());
      const connection = await openAddress(database.uri);
      const id = connection.dialect === 'mysql' ? 'INTEGER AUTO_INCREMENT' : 'SERIAL';
      await connection.run(`CREATE TABLE t (id ${id} PRIMARY KEY, x INTEGER)`);
      await connection.close();
    });
    afterAll(() => database.remove());
    beforeEach(async () => {
      proxy = await startCuttingProxy(database.uri);
    });
    afterEach(async () => {
      for (const connection of opened) await connection.close();
      await proxy.close();
      opened = [];
      lines = [];
    });

    async function open(options: ServerConnectionOptions = {}, uri = proxy.uri): Promise<SqlConnection> {
      const address = parseDatabaseUri(uri, '/') as ServerAddress;
      const settings = { retries: { max: 0, seconds: 0 }, log, ...options };
      const connection = await (address.kind === 'mysql' ? openMysql : openPostgresql)(address, settings);
      opened.push(connection);
      return connection;
    }
    /** The values that are stored, seen from beside. */
    async function stored(): Promise<readonly unknown[]> {
      const connection = await openAddress(database.uri);
      const rows = await connection.all('SELECT x FROM t ORDER BY id');
      await connection.run('DELETE FROM t');
      await connection.close();
      return rows.map((row) => row['x']);
    }
    const insert = 'INSERT INTO t (x) VALUES (?)';

    it('that are lost while nothing happens are made anew', async () => {
      const connection = await open();
      const id = await connection.insert(insert, [1]);
      proxy.cut();
      expect(await connection.all('SELECT x FROM t')).toEqual([{ x: 1 }]);
      proxy.cut();
      expect(await connection.run('UPDATE t SET x = 2 WHERE x = 1')).toBe(1);
      proxy.cut();
      await connection.transaction((session) => session.insert(insert, [3]));
      proxy.cut();
      expect(await connection.all('SELECT x FROM t WHERE id > ?', [id])).toEqual([{ x: 3 }]);
      expect(await stored()).toEqual([2, 3]);
    });

    it('that are lost under a statement execute it again, but no insert', async () => {
      const connection = await open();
      proxy.cutAt('SELECT 5', 'before');
      expect(await connection.all('SELECT 5 AS x')).toEqual([{ x: 5 }]);
      proxy.cutAt('UPDATE t', 'after');
      expect(await connection.run('UPDATE t SET x = 2')).toBe(0);
      proxy.cutAt('INSERT', 'after');
      await expect(connection.insert(insert, [1])).rejects.toMatchObject({
        code: 'system.connection_lost',
        message: expect.stringContaining(`${connection.dialect}://`),
      });
      expect(await connection.all('SELECT 6 AS x')).toEqual([{ x: 6 }]);
      expect(await stored()).toHaveLength(1);
    });

    it('that are lost in a transaction begin it again', async () => {
      const connection = await open();
      let times = 0;
      await connection.transaction(async (session) => {
        times += 1;
        await session.insert(insert, [times]);
        if (times === 1) proxy.cut();
        await session.insert(insert, [10 * times]);
      });
      expect(times).toBe(2);
      expect(await stored()).toEqual([2, 20]);
    });

    it('that are lost while a transaction is committed repeat nothing', async () => {
      const connection = await open();
      let times = 0;
      proxy.cutAt(commitOf(connection), 'after');
      const write = connection.transaction(async (session) => {
        times += 1;
        await session.insert(insert, [times]);
      });
      await expect(write).rejects.toMatchObject({ code: 'system.commit_unclear' });
      expect(times).toBe(1);
      await connection.transaction((session) => session.insert(insert, [7]));
      expect(await stored()).toEqual([1, 7]);
    });

    it('are tried as often as the settings say, with Meltano’s words', async () => {
      await proxy.leave();
      const failed = open({ retries: { max: 3, seconds: 0 } });
      await expect(failed).rejects.toMatchObject({
        code: 'system.cannot_connect',
        hint: expect.stringContaining('Start the database server'),
      });
      expect(lines).toEqual([
        'info: DB connection failed. Will retry after 0s. Attempt 1/3',
        'info: DB connection failed. Will retry after 0s. Attempt 2/3',
        'info: DB connection failed. Will retry after 0s. Attempt 3/3',
        'error: Could not connect to the database after 3 attempts. Max retries exceeded.',
      ]);
      lines = [];
      const waits: number[] = [];
      const clock = {
        now: () => 0,
        async sleep(ms: number) {
          waits.push(ms);
          if (waits.length === 2) await proxy.comeBack();
        },
      };
      const connection = await open({ retries: { max: 3, seconds: 5 }, clock });
      expect(waits).toEqual([5000, 5000]);
      expect(lines).toHaveLength(2);
      await proxy.leave();
      await proxy.comeBack();
      expect(await connection.all('SELECT 1 AS x')).toEqual([{ x: 1 }]);
    });

    it.each([
      ['user', { username: 'nobody_here' }, 'user and password'],
      ['database', { pathname: '/not_there' }, 'CREATE DATABASE not_there'],
    ])('with a wrong %s are not tried again, and show no password', async (_what, change, hint) => {
      const uri = Object.assign(new URL(proxy.uri), change);
      uri.password ||= 's3cr3t';
      // A server that trusts everybody, or nobody without a password, says so in its own way.
      if (hint.startsWith('CREATE')) uri.password = new URL(proxy.uri).password;
      const error = await open({ retries: { max: 3, seconds: 0 } }, uri.href).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: 'system.cannot_connect', hint: expect.stringContaining(hint) });
      expect((error as Error).message).toContain(`${uri.username}@`);
      expect((error as Error).message).not.toContain(`${uri.username}:`);
      expect(lines).toEqual([]);
    });

    it('to a host that nobody knows name it', async () => {
      const uri = Object.assign(new URL(proxy.uri), { hostname: 'nobody.invalid' });
      await expect(open({}, uri.href)).rejects.toMatchObject({
        code: 'system.cannot_connect',
        hint: expect.stringMatching(/nobody\.invalid/),
      });
    });

    it('wait for a writer up to a limit', async () => {
      const connection = await open();
      const impatient = await open({ waitMs: 0 });
      await connection.transaction(async () => {
        await expect(impatient.transaction(async () => {})).rejects.toMatchObject({ code: 'system.busy' });
      });
      await impatient.transaction((session) => session.insert(insert, [1]));
      expect(await stored()).toEqual([1]);
    });

    it('carry every kind of value', async () => {
      const connection = await open();
      const { types } = connection.dialect === 'mysql' ? mysqlTypes : postgresqlTypes;
      await connection.run(
        `CREATE TABLE v (b ${types.bytes}, n BIGINT, t TEXT, d ${types.time}, yes BOOLEAN)`,
      );
      const bytes = Uint8Array.from([0, 39, 92, 255]);
      const text = `' " \\ ? $1 \u{1F600} \n`;
      const row = [bytes, 9_007_199_254_740_993n, text, '2026-11-26 12:00:00.000100', 1];
      await connection.run('INSERT INTO v (b, n, t, d, yes) VALUES (?, ?, ?, ?, ?)', row);
      const [found] = await connection.all('SELECT * FROM v WHERE t = ?', [text]);
      expect(Uint8Array.from(found?.['b'] as Uint8Array)).toEqual(bytes);
      expect(String(found?.['n'])).toBe('9007199254740993');
      expect([found?.['t'], found?.['d'], found?.['yes']]).toEqual([text, '2026-11-26 12:00:00.000100', 1]);
    });

    it('of a process do not keep it alive, and load one driver', () => {
      expect(loadedDrivers(database.uri)).toEqual([driver]);
    });

    it('may all open the same database first', async () => {
      const fresh = await createTestDatabase(server());
      const options = { uri: fresh.uri, folder: '/' };
      const databases = await Promise.all([1, 2, 3, 4].map(() => openSystemDatabase(options)));
      for (const each of databases) {
        expect(await each.runs.list()).toEqual([]);
        await each.close();
      }
      await fresh.remove();
    });

    describe('that are lost while tables are', () => {
      let fresh: TestDatabase;
      let cutting: CuttingProxy;
      beforeEach(async () => {
        fresh = await createTestDatabase(server());
        cutting = await startCuttingProxy(fresh.uri);
      });
      afterEach(async () => {
        await cutting.close();
        await fresh.remove();
      });
      const migrate = async () => {
        const options = { uri: cutting.uri, folder: '/', retries: { max: 0, seconds: 0 } };
        await (await openSystemDatabase(options)).close();
      };
      const look = async () => {
        const connection = await openAddress(fresh.uri);
        const states = await connection.all('SELECT state_id, partial_state FROM state ORDER BY state_id');
        const answer = { schema: renderSchema(await describeSchema(connection)), states };
        await connection.close();
        return answer;
      };
      /** What is cut off is a statement with that text, before it is executed or after. */
      const whens = ['before', 'after'] as const;

      it.each(
        [
          'alembic_version (',
          'plugin_settings (',
          'state (',
          'INTO alembic',
          'run_reports (',
          'CREATE INDEX',
        ].flatMap((text) => whens.map((when) => [text, when] as const)),
      )('made: %s, %s', async (text, when) => {
        cutting.cutAt(text, when);
        await migrate();
        const { schema } = await look();
        expect(schema).toBe(readFileSync(schemaGolden(name === 'MySQL' ? 'mysql' : 'postgresql'), 'utf8'));
        expect(cutting.hasCut()).toBe(true);
      });

      it.each(
        [
          'ALTER TABLE',
          'job_name',
          'TO runs',
          'EXISTS state',
          'INTO state',
          '"role"',
          'UPDATE alembic',
        ].flatMap((text) => whens.map((when) => [text, when] as const)),
      )('migrated: %s, %s', async (text, when) => {
        const connection = await openAddress(fresh.uri);
        await replayRevisions(connection, 'd135f52a6f49');
        await insertOldRows(connection);
        await connection.close();
        cutting.cutAt(text, when);
        await migrate();
        const { schema, states } = await look();
        expect(schema).toBe(readFileSync(schemaGolden(name === 'MySQL' ? 'mysql' : 'postgresql'), 'utf8'));
        expect(states).toEqual([
          { state_id: 'a', partial_state: oldState },
          { state_id: 'c', partial_state: '{}' },
        ]);
        expect(cutting.hasCut()).toBe(true);
      });
    });
  });
}

/** As it travels: PostgreSQL's BEGIN names READ COMMITTED. */
function commitOf({ dialect }: SqlConnection): string {
  return dialect === 'mysql' ? 'COMMIT' : 'COMMIT\0';
}

const mysqlTypes = { types: { bytes: 'BLOB', time: 'DATETIME(6)' } };
const postgresqlTypes = { types: { bytes: 'BYTEA', time: 'TIMESTAMP' } };

serverConnectionSuite('PostgreSQL', 'pg', () => inject('postgres'));
const mysql = mysqlServer('connections');
describe.skipIf(mysql === undefined)('with a MySQL server', () => {
  serverConnectionSuite('MySQL', 'mysql2', () => mysql ?? '');
});
