import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { openSystemDatabase, type SystemDatabase } from '../system/system-database.ts';
import { type StateStorePlace, stateStoreSuite } from '../testing/state-store-suite.ts';
import { createTestDatabase, mysqlServer } from '../testing/test-databases.ts';
import { openStateStore } from './open-state-store.ts';

interface Place {
  readonly databaseUri: string;
  readonly stateUri: string;
  remove(): Promise<void>;
}

async function createPlace(create: () => Promise<Place>): Promise<StateStorePlace> {
  const { databaseUri, stateUri, remove } = await create();
  const databases: SystemDatabase[] = [];
  return {
    databaseUri,
    stateUri,
    async open(clock) {
      const database = await openSystemDatabase({ uri: databaseUri, folder: '/', clock });
      databases.push(database);
      return openStateStore({ uri: stateUri, systemConnection: database.connection, clock });
    },
    async remove() {
      for (const database of databases) await database.close();
      await remove();
    },
  };
}

async function folderPlace(stateUri: (folder: string) => string): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'meltano-state-'));
  return {
    databaseUri: `sqlite:///${join(folder, 'meltano.db')}`,
    stateUri: stateUri(folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function serverPlace(server: string): Promise<Place> {
  const { uri, remove } = await createTestDatabase(server);
  return { databaseUri: uri, stateUri: 'systemdb', remove };
}

stateStoreSuite('system database', () => createPlace(() => folderPlace(() => 'systemdb')));
stateStoreSuite('local files', () =>
  createPlace(() => folderPlace((folder) => `file://${join(folder, 'state')}`)),
);
stateStoreSuite('system database on PostgreSQL', () => createPlace(() => serverPlace(inject('postgres'))));
const mysql = mysqlServer('state stores');
describe.skipIf(mysql === undefined)('with a MySQL server', () => {
  stateStoreSuite('system database on MySQL', () => createPlace(() => serverPlace(mysql ?? '')));
});
