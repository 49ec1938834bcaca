import { join } from 'node:path';
import type { Clock } from '@meltano/foundation/clock';
import { matchesGlob } from '@meltano/singer/glob';
import { migrateOwnTables } from '../system/own-tables.ts';
import { openSqlite } from '../system/sqlite-connection.ts';
import { keepReplaced, listReplaced } from './history-table.ts';
import { createLeaseTable } from './lease-table.ts';
import { createStateFolder, ownFolder } from './state-folder.ts';
import { recordsEqual } from './state-record.ts';
import type { Lease, StateRecord, StateStore } from './state-store.ts';

export interface FileStateStoreOptions {
  readonly clock: Clock;
  readonly leaseMs: number;
}

/**
 * State in files, laid out as Meltano does it, so that both programs can share the folder. Leases and
 * history are ours and lie in a SQLite file in `.meltano_ts`, whose write lock also puts the writers of this
 * program in an order: it dies with its holder, however that ends.
 *
 * A write has two steps. First the record that will be replaced is put into the history, for good; then, if
 * it is still the one, the file is replaced. Killed in between, the history's newest entry equals the
 * current record; it is left out when the history is read.
 */
export async function openFileStateStore(
  folder: string,
  { clock, leaseMs }: FileStateStoreOptions,
): Promise<StateStore> {
  const files = createStateFolder(folder, clock);
  // `delete`: the other journal does not work on network file systems, where such folders often live.
  const connection = await openSqlite({
    file: join(folder, ownFolder, 'leases.db'),
    journal: 'delete',
    waitMs: 30_000,
    clock,
  });
  await migrateOwnTables(connection, 'state-folder');
  const leases = createLeaseTable(connection, { clock, leaseMs });

  const keepCurrent = (stateId: string, lease: Lease | undefined) =>
    connection.transaction(async (session) => {
      if (lease !== undefined) await leases.assertCurrent(session, lease);
      const current = await files.read(stateId);
      if (current !== undefined) await keepReplaced(session, { stateId, record: current, lease, clock });
      return current;
    });
  const replace = (
    stateId: string,
    expected: StateRecord | undefined,
    next: StateRecord | undefined,
    lease: Lease | undefined,
  ) =>
    connection.transaction(async (session) => {
      // Invariant 3: the token is checked while nobody else can take the lease.
      if (lease !== undefined) await leases.assertCurrent(session, lease);
      return files.withLock(stateId, async () => {
        if (!isSame(await files.read(stateId), expected)) return false;
        if (next === undefined) await files.remove(stateId);
        else await files.write(stateId, next);
        return true;
      });
    });
  const update = async (
    stateId: string,
    change: (current: StateRecord | undefined) => StateRecord | undefined,
    lease: Lease | undefined,
  ) => {
    for (;;) {
      const before = await files.read(stateId);
      const isDone = isSame(before, change(before));
      const current = isDone ? before : await keepCurrent(stateId, lease);
      if (await replace(stateId, current, change(current), lease)) return;
    }
  };

  return {
    label: 'Local Filesystem',
    get: files.read,
    set: (stateId, record, { lease } = {}) => update(stateId, () => record, lease),
    update: (stateId, change, { lease } = {}) => update(stateId, change, lease),
    delete: (stateId) => update(stateId, () => undefined, undefined),
    async list(pattern) {
      const ids = await files.list();
      return pattern === undefined ? ids : ids.filter((id) => matchesGlob(id, pattern));
    },
    async history(stateId) {
      const past = await listReplaced(connection, stateId);
      const current = await files.read(stateId);
      const [newest] = past;
      const interrupted =
        newest !== undefined && current !== undefined && recordsEqual(newest.record, current);
      return interrupted ? past.slice(1) : past;
    },
    acquireLease: leases.acquire,
    renewLease: leases.renew,
    releaseLease: leases.release,
    close: () => connection.close(),
  };
}

function isSame(a: StateRecord | undefined, b: StateRecord | undefined): boolean {
  return a === undefined || b === undefined ? a === b : recordsEqual(a, b);
}
