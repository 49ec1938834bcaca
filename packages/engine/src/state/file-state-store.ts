import { join } from 'node:path';
import type { Clock } from '@meltano/foundation/clock';
import { matchesGlob } from '@meltano/singer/glob';
import { migrateOwnTables } from '../system/own-tables.ts';
import type { SqlConnection } from '../system/sql-connection.ts';
import { openSqlite } from '../system/sqlite-connection.ts';
import { keepReplaced, listReplaced } from './history-table.ts';
import { createLeaseTable, type LeaseTable } from './lease-table.ts';
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
 *
 * Reading state needs nothing of ours: the SQLite file is made when it is first needed.
 */
export function createFileStateStore(folder: string, options: FileStateStoreOptions): StateStore {
  const { clock } = options;
  const files = createStateFolder(folder, clock);
  const own = once(() => openOwnTables(folder, options));

  const keepCurrent = async ({ stateId, lease, read }: Change) => {
    const { connection, leases } = await own.get();
    return connection.transaction(async (session) => {
      if (lease !== undefined) await leases.assertCurrent(session, lease);
      const current = await read();
      if (current !== undefined) await keepReplaced(session, { stateId, record: current, lease, clock });
      return current;
    });
  };
  /** False when the record is no longer the expected one. */
  const replace = async (
    { stateId, lease, read }: Change,
    expected: StateRecord | undefined,
    next: StateRecord | undefined,
  ) => {
    const { connection, leases } = await own.get();
    return connection.transaction(async (session) => {
      // Invariant 3: the token is checked while nobody else can take the lease.
      if (lease !== undefined) await leases.assertCurrent(session, lease);
      return files.withLock(stateId, async () => {
        if (!isSame(await read(), expected)) return false;
        if (next === undefined) await files.remove(stateId);
        else await files.write(stateId, next);
        return true;
      });
    });
  };
  const write = async (change: Change) => {
    for (;;) {
      const before = await change.read();
      const isDone = isSame(before, change.change(before));
      const current = isDone ? before : await keepCurrent(change);
      if (await replace(change, current, change.change(current))) return;
    }
  };
  /** What cannot be read may be replaced and deleted: a copy of it stays beside. */
  const readOrSetAside = (stateId: string) => () => files.readOrSetAside(stateId);

  return {
    label: 'Local Filesystem',
    get: files.read,
    set: (stateId, record, { lease } = {}) =>
      write({ stateId, lease, change: () => record, read: readOrSetAside(stateId) }),
    update: (stateId, change, { lease } = {}) =>
      write({ stateId, lease, change, read: () => files.read(stateId) }),
    delete: (stateId) =>
      write({ stateId, lease: undefined, change: () => undefined, read: readOrSetAside(stateId) }),
    async list(pattern) {
      const ids = await files.list();
      return pattern === undefined ? ids : ids.filter((id) => matchesGlob(id, pattern));
    },
    async history(stateId) {
      const past = await listReplaced((await own.get()).connection, stateId);
      const current = await files.read(stateId);
      const [newest] = past;
      const interrupted =
        newest !== undefined && current !== undefined && recordsEqual(newest.record, current);
      return interrupted ? past.slice(1) : past;
    },
    acquireLease: async (...request) => (await own.get()).leases.acquire(...request),
    renewLease: async (lease) => (await own.get()).leases.renew(lease),
    releaseLease: async (lease) => (await own.get()).leases.release(lease),
    close: async () => (await own.made())?.connection.close(),
  };
}

interface Change {
  readonly stateId: string;
  readonly lease: Lease | undefined;
  readonly change: (current: StateRecord | undefined) => StateRecord | undefined;
  readonly read: () => Promise<StateRecord | undefined>;
}

interface OwnTables {
  readonly connection: SqlConnection;
  readonly leases: LeaseTable;
}

async function openOwnTables(folder: string, options: FileStateStoreOptions): Promise<OwnTables> {
  const file = join(folder, ownFolder, 'leases.db');
  // `delete`: the other journal does not work on network file systems, where such folders often live.
  const connection = await openSqlite({ file, journal: 'delete', waitMs: 30_000, clock: options.clock });
  await migrateOwnTables(connection, 'state-folder');
  return { connection, leases: createLeaseTable(connection, options) };
}

function once<T>(make: () => Promise<T>): { get(): Promise<T>; made(): Promise<T | undefined> } {
  let made: Promise<T> | undefined;
  return {
    get: () => (made ??= make()),
    made: () => made?.catch(() => undefined) ?? Promise.resolve(undefined),
  };
}

function isSame(a: StateRecord | undefined, b: StateRecord | undefined): boolean {
  return a === undefined || b === undefined ? a === b : recordsEqual(a, b);
}
