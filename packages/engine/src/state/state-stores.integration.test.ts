import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSystemDatabase, type SystemDatabase } from '../system/system-database.ts';
import { type StateStorePlace, stateStoreSuite } from '../testing/state-store-suite.ts';
import { openStateStore } from './open-state-store.ts';

async function createPlace(stateUri: (folder: string) => string): Promise<StateStorePlace> {
  const folder = await mkdtemp(join(tmpdir(), 'meltano-state-'));
  const databaseUri = `sqlite:///${join(folder, 'meltano.db')}`;
  const databases: SystemDatabase[] = [];
  return {
    databaseUri,
    stateUri: stateUri(folder),
    async open(clock) {
      const database = await openSystemDatabase({ uri: databaseUri, folder, clock });
      databases.push(database);
      return openStateStore({ uri: stateUri(folder), systemConnection: database.connection, clock });
    },
    async remove() {
      for (const database of databases) await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

stateStoreSuite('system database', () => createPlace(() => 'systemdb'));
stateStoreSuite('local files', () => createPlace((folder) => `file://${join(folder, 'state')}`));
