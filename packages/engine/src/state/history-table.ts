import type { Clock } from '@meltano/foundation/clock';
import { numberOf, type SqlSession, textOf } from '../system/sql-connection.ts';
import { parseStateObject, renderStateObject } from './state-record.ts';
import type { Lease, PastState, StateRecord } from './state-store.ts';

/** How many replaced records are kept for each state id. */
export const keptRecords = 10;

/**
 * Keeps a record that is about to be replaced (Invariant 2). Of all the records that one run replaces under
 * one lease only the first is kept, the one from before the run: a run stores state every second, and ten
 * of its own steps would push out what a person wants back.
 */
export async function keepReplaced(
  session: SqlSession,
  {
    stateId,
    record,
    lease,
    clock,
  }: { stateId: string; record: StateRecord; lease: Lease | undefined; clock: Clock },
): Promise<void> {
  const [newest] = await session.all(
    'SELECT replaced_by FROM meltano_ts_state_history WHERE state_id = ? ORDER BY id DESC LIMIT 1',
    [stateId],
  );
  if (lease !== undefined && newest !== undefined && numberOf(newest, 'replaced_by') === lease.token) return;
  await session.run(
    `INSERT INTO meltano_ts_state_history (state_id, completed_state, partial_state, replaced_at, replaced_by)
     VALUES (?, ?, ?, ?, ?)`,
    [
      stateId,
      renderStateObject(record.completed),
      renderStateObject(record.partial),
      clock.now(),
      lease?.token ?? null,
    ],
  );
  const [oldest] = await session.all(
    `SELECT id FROM meltano_ts_state_history WHERE state_id = ? ORDER BY id DESC LIMIT 1 OFFSET ${keptRecords - 1}`,
    [stateId],
  );
  if (oldest === undefined) return;
  await session.run('DELETE FROM meltano_ts_state_history WHERE state_id = ? AND id < ?', [
    stateId,
    numberOf(oldest, 'id') ?? 0,
  ]);
}

/** Newest first. */
export async function listReplaced(session: SqlSession, stateId: string): Promise<readonly PastState[]> {
  const rows = await session.all(
    'SELECT * FROM meltano_ts_state_history WHERE state_id = ? ORDER BY id DESC',
    [stateId],
  );
  return rows.map((row) => ({
    record: {
      completed: parseStateObject(textOf(row, 'completed_state'), stateId),
      partial: parseStateObject(textOf(row, 'partial_state'), stateId),
    },
    replacedAt: numberOf(row, 'replaced_at') ?? 0,
  }));
}
