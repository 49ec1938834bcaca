import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  describeSchema,
  insertOldRows,
  meltanoRevisions,
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
import { openSystemDatabase } from './system-database.ts';

/** An empty place for each revision: a file, a schema, a database. */
interface Places {
  create(revision: string): Promise<string>;
  remove(): Promise<void>;
}

function revisionSuite(
  dialect: 'sqlite' | 'postgresql' | 'mysql',
  createPlaces: () => Promise<Places>,
): void {
  describe(`databases of old versions: ${dialect}`, () => {
    let places: Places;
    beforeAll(async () => {
      places = await createPlaces();
    });
    afterAll(() => places.remove());

    it('a new one has the tables that Meltano makes', async () => {
      const uri = await places.create('new');
      const database = await openSystemDatabase({ uri, folder: '/' });
      await expect(renderSchema(await describeSchema(database.connection))).toMatchFileSnapshot(
        schemaGolden(dialect),
      );
      await database.close();
    });

    // On MySQL its own migrations end before.
    it.skipIf(dialect === 'mysql')('Meltano’s own last revision has the same', async () => {
      const uri = await places.create('head');
      const connection = await openAddress(uri);
      await replayRevisions(connection, meltanoRevisions[dialect].at(-1)?.revision ?? '');
      await expect(renderSchema(await describeSchema(connection))).toMatchFileSnapshot(schemaGolden(dialect));
      await connection.close();
    });

    it.each(meltanoRevisions[dialect])('one of $revision is brought up to date', async ({ revision }) => {
      const uri = await places.create(revision);
      const old = await openAddress(uri);
      await replayRevisions(old, revision);
      await insertOldRows(old);
      await old.close();

      const database = await openSystemDatabase({ uri, folder: '/' });
      const { connection, runs } = database;
      await expect(renderSchema(await describeSchema(connection))).toMatchFileSnapshot(schemaGolden(dialect));
      expect(await connection.all('SELECT version_num FROM alembic_version')).toEqual([
        { version_num: 'c0efb3c314eb' },
      ]);
      expect(
        await connection.all(
          'SELECT state_id, partial_state, completed_state, updated_at FROM state ORDER BY state_id',
        ),
      ).toEqual([
        { state_id: 'a', partial_state: oldState, completed_state: '{}', updated_at: null },
        { state_id: 'c', partial_state: '{}', completed_state: '{}', updated_at: null },
      ]);
      const kept = await runs.list();
      expect(kept.map((run) => [run.id, run.stateId, run.state, run.endedAt])).toEqual([
        [4, 'a', 'RUNNING', undefined],
        [3, 'a', 'FAIL', Date.UTC(2022, 0, 3, 0, 1)],
        [2, 'a', 'SUCCESS', Date.UTC(2022, 0, 2, 0, 1)],
        [1, 'a', 'SUCCESS', Date.UTC(2022, 0, 1, 0, 1)],
        [5, 'c', 'FAIL', Date.UTC(2022, 0, 5)],
      ]);
      const id = await runs.start({
        runId: '02a215fb-73ff-7004-9f01-64ab23f321b5',
        stateId: 'A',
        trigger: 'cli',
      });
      expect(id).toBe(6);
      await database.pluginSettings.set('meltano', 'cli.log_level', 'debug');
      await database.close();
    });
  });
}

async function filePlaces(): Promise<Places> {
  const folder = await mkdtemp(join(tmpdir(), 'meltano-revisions-'));
  return {
    create: async (revision) => `sqlite:///${join(folder, `${revision}.db`)}`,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function schemaPlaces(): Promise<Places> {
  const database = await createTestDatabase(inject('postgres'));
  return {
    async create(revision) {
      const connection = await database.open();
      await connection.run(`CREATE SCHEMA of_${revision}`);
      return `${database.uri}?options=-csearch_path%3Dof_${revision}`;
    },
    remove: database.remove,
  };
}

async function databasePlaces(server: string): Promise<Places> {
  const databases: TestDatabase[] = [];
  return {
    async create() {
      const database = await createTestDatabase(server);
      databases.push(database);
      return database.uri;
    },
    async remove() {
      for (const database of databases) await database.remove();
    },
  };
}

revisionSuite('sqlite', filePlaces);
revisionSuite('postgresql', schemaPlaces);
const mysql = mysqlServer('databases of old versions');
describe.skipIf(mysql === undefined)('with a MySQL server', () => {
  revisionSuite('mysql', () => databasePlaces(mysql ?? ''));
});
