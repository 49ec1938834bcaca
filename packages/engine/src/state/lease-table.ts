import type { Clock } from '@meltano/foundation/clock';
import { judgeProcess } from '../system/process-identity.ts';
import {
  numberOf,
  type SqlConnection,
  type SqlRow,
  type SqlSession,
  textOf,
} from '../system/sql-connection.ts';
import { sqlDialects } from '../system/sql-dialect.ts';
import { stateError } from './errors.ts';
import type { AcquireOptions, Lease, LeaseAnswer, LeaseHolder } from './state-store.ts';

/**
 * Leases in the table `meltano_ts_leases`. A state id is free (no row, or a row without a run) or held. A
 * held one is replaced at once when its holder is provably dead; when its holder cannot be judged, after it
 * has expired; when its holder lives, only by force. Each change of holder makes the token grow, also
 * across a release, so that a former holder can never write again (Invariant 3).
 */
export interface LeaseTable {
  acquire(stateId: string, holder: LeaseHolder, options?: AcquireOptions): Promise<LeaseAnswer>;
  renew(lease: Lease): Promise<Lease>;
  release(lease: Lease): Promise<void>;
  /** Throws `state.lease_lost`. To be called in the transaction of the write that it protects. */
  assertCurrent(session: SqlSession, lease: Lease): Promise<void>;
}

export interface LeaseTableOptions {
  readonly clock: Clock;
  readonly leaseMs: number;
}

export function createLeaseTable(
  connection: SqlConnection,
  { clock, leaseMs }: LeaseTableOptions,
): LeaseTable {
  return {
    acquire: (stateId, holder, { force = false } = {}) =>
      connection.transaction(async (session) => {
        await createRow(session, stateId);
        for (;;) {
          const row = await findRow(session, stateId);
          const present = row === undefined ? undefined : parseLease(row);
          if (present !== undefined && !force && (await isHeld(present, clock.now()))) {
            return { kind: 'held', by: present };
          }
          const token = (row === undefined ? 0 : (numberOf(row, 'token') ?? 0)) + 1;
          const lease: Lease = { stateId, token, holder, expiresAt: clock.now() + leaseMs };
          if (!(await takeRow(session, lease))) continue;
          return present === undefined
            ? { kind: 'acquired', lease }
            : { kind: 'acquired', lease, replaced: present };
        }
      }),
    async renew(lease) {
      const row = await findRow(connection, lease.stateId);
      const present = row === undefined ? undefined : parseLease(row);
      if (present?.token !== lease.token) throw leaseLost(lease, row);
      // Asked every second, written a few times a minute: a disk that is waited for has better things to do.
      if (present.expiresAt - clock.now() > leaseMs * 0.75) return present;
      const expiresAt = clock.now() + leaseMs;
      const changed = await connection.run(
        'UPDATE meltano_ts_leases SET expires_at = ? WHERE state_id = ? AND token = ? AND run_id IS NOT NULL',
        [expiresAt, lease.stateId, lease.token],
      );
      if (changed === 0) throw leaseLost(lease, await findRow(connection, lease.stateId));
      return { ...present, expiresAt };
    },
    async release({ stateId, token }) {
      await connection.run(
        'UPDATE meltano_ts_leases SET run_id = NULL, expires_at = NULL WHERE state_id = ? AND token = ?',
        [stateId, token],
      );
    },
    async assertCurrent(session, lease) {
      const row = await findRow(session, lease.stateId, sqlDialects[session.dialect].forUpdate);
      const current = row !== undefined && parseLease(row)?.token === lease.token;
      if (!current) throw leaseLost(lease, row);
    },
  };
}

async function isHeld(lease: Lease, now: number): Promise<boolean> {
  const liveness = await judgeProcess(lease.holder);
  return liveness === 'alive' || (liveness === 'unknown' && lease.expiresAt > now);
}

async function findRow(session: SqlSession, stateId: string, lock = ''): Promise<SqlRow | undefined> {
  const [row] = await session.all(`SELECT * FROM meltano_ts_leases WHERE state_id = ? ${lock}`, [stateId]);
  return row;
}

/** Undefined for a lease that was released. */
function parseLease(row: SqlRow): Lease | undefined {
  const runId = textOf(row, 'run_id');
  if (runId === undefined) return undefined;
  return {
    stateId: textOf(row, 'state_id') ?? '',
    token: numberOf(row, 'token') ?? 0,
    holder: {
      runId,
      host: textOf(row, 'host') ?? '',
      bootId: textOf(row, 'boot_id') ?? '',
      pid: numberOf(row, 'pid') ?? 0,
      processStart: textOf(row, 'process_start') ?? '',
    },
    expiresAt: numberOf(row, 'expires_at') ?? 0,
  };
}

async function createRow(session: SqlSession, stateId: string): Promise<void> {
  const [insert, end] = sqlDialects[session.dialect].insertIfAbsent;
  await session.run(`${insert} meltano_ts_leases (state_id, token) VALUES (?, 0) ${end}`, [stateId]);
}

/** One statement that holds only while the token is the one that was read: of two that try one succeeds. */
async function takeRow(session: SqlSession, { stateId, token, holder, expiresAt }: Lease): Promise<boolean> {
  const changed = await session.run(
    `UPDATE meltano_ts_leases
     SET token = ?, run_id = ?, host = ?, boot_id = ?, pid = ?, process_start = ?, expires_at = ?
     WHERE state_id = ? AND token = ?`,
    [
      token,
      holder.runId,
      holder.host,
      holder.bootId,
      holder.pid,
      holder.processStart,
      expiresAt,
      stateId,
      token - 1,
    ],
  );
  return changed === 1;
}

function leaseLost(lease: Lease, row: SqlRow | undefined) {
  const by = row === undefined ? undefined : parseLease(row);
  const who =
    by === undefined ? '' : ` by run ${by.holder.runId} (process ${by.holder.pid} on ${by.holder.host})`;
  return stateError('lease_lost', {
    message: `The state '${lease.stateId}' was taken over${who}; nothing more is written to it`,
    hint: 'See the other run with `meltano logs list`; the next run continues from the state that it stores',
    details: { stateId: lease.stateId, token: lease.token, heldBy: by?.holder.runId },
  });
}
