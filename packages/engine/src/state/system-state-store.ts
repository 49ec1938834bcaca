import type { Clock } from '@meltano/foundation/clock';
import { isAppError } from '@meltano/foundation/errors';
import { renderPythonDatetime } from '../system/python-datetime.ts';
import { type SqlConnection, type SqlSession, textOf } from '../system/sql-connection.ts';
import { sqlDialects } from '../system/sql-dialect.ts';
import { keepReplaced, listReplaced } from './history-table.ts';
import { createLeaseTable } from './lease-table.ts';
import { parseStateObject, recordsEqual, renderStateObject } from './state-record.ts';
import type { Lease, StateRecord, StateStore } from './state-store.ts';

export interface SystemStateStoreOptions {
  readonly clock: Clock;
  readonly leaseMs: number;
}

/** State in Meltano's table `state` of the system database. Closing the store leaves the database open. */
export function createSystemStateStore(
  connection: SqlConnection,
  { clock, leaseMs }: SystemStateStoreOptions,
): StateStore {
  const leases = createLeaseTable(connection, { clock, leaseMs });
  const update = (
    stateId: string,
    change: (current: StateRecord | undefined) => StateRecord | undefined,
    lease: Lease | undefined,
    readCurrent = read,
  ) =>
    connection.transaction(async (session) => {
      // Invariant 3: the token is checked in the transaction that writes.
      if (lease !== undefined) await leases.assertCurrent(session, lease);
      const current = await readCurrent(session, stateId, sqlDialects[session.dialect].forUpdate);
      const next = change(current);
      const unchanged = current !== undefined && next !== undefined && recordsEqual(current, next);
      if (current !== undefined && !unchanged)
        await keepReplaced(session, { stateId, record: current, lease, clock });
      if (next === undefined) await session.run('DELETE FROM state WHERE state_id = ?', [stateId]);
      else await write(session, stateId, next, clock);
    });
  return {
    label: 'Database',
    get: (stateId) => read(connection, stateId),
    set: (stateId, record, { lease } = {}) => update(stateId, () => record, lease, readIfReadable),
    update: (stateId, change, { lease } = {}) => update(stateId, change, lease),
    delete: (stateId) => update(stateId, () => undefined, undefined, readIfReadable),
    async list(pattern) {
      const rows =
        pattern === undefined
          ? await connection.all('SELECT state_id FROM state')
          : await connection.all('SELECT state_id FROM state WHERE state_id LIKE ?', [
              pattern.replaceAll('*', '%'),
            ]);
      return rows.map((row) => textOf(row, 'state_id') ?? '').sort();
    },
    history: (stateId) => listReplaced(connection, stateId),
    acquireLease: leases.acquire,
    renewLease: leases.renew,
    releaseLease: leases.release,
    close: async () => {},
  };
}

async function read(session: SqlSession, stateId: string, lock = ''): Promise<StateRecord | undefined> {
  const [row] = await session.all(
    `SELECT completed_state, partial_state FROM state WHERE state_id = ? ${lock}`,
    [stateId],
  );
  if (row === undefined) return undefined;
  return {
    completed: parseStateObject(textOf(row, 'completed_state'), stateId),
    partial: parseStateObject(textOf(row, 'partial_state'), stateId),
  };
}

/** What cannot be read may be replaced and deleted. */
async function readIfReadable(
  session: SqlSession,
  stateId: string,
  lock = '',
): Promise<StateRecord | undefined> {
  try {
    return await read(session, stateId, lock);
  } catch (error) {
    if (isAppError(error) && error.code === 'state.unreadable') return undefined;
    throw error;
  }
}

async function write(session: SqlSession, stateId: string, record: StateRecord, clock: Clock): Promise<void> {
  await session.run(
    `INSERT INTO state (state_id, partial_state, completed_state, updated_at) VALUES (?, ?, ?, ?)
     ${sqlDialects[session.dialect].overwrite(['state_id'], ['partial_state', 'completed_state', 'updated_at'])}`,
    [
      stateId,
      renderStateObject(record.partial),
      renderStateObject(record.completed),
      renderPythonDatetime(clock.now()),
    ],
  );
}
