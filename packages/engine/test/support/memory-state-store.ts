import { AppError } from '@meltano/foundation/errors';
import type { Lease, LeaseHolder, StateRecord, StateStore } from '../../src/state/state-store.ts';

/** A state store in memory that keeps the contract for one process: leases with tokens, fencing, history. */
export function createMemoryStateStore(options: { readonly failWrites?: () => boolean } = {}) {
  const records = new Map<string, StateRecord>();
  const leases = new Map<string, Lease>();
  const writes: StateRecord[] = [];
  let token = 0;
  const check = (stateId: string, lease: Lease | undefined) => {
    if (lease !== undefined && leases.get(stateId)?.token !== lease.token) {
      throw new AppError({
        code: 'state.lease_lost',
        category: 'conflict',
        message: `The lease of '${stateId}' is lost`,
      });
    }
  };
  const store: StateStore = {
    label: 'memory',
    get: async (stateId) => records.get(stateId),
    async set(stateId, record, given = {}) {
      check(stateId, given.lease);
      records.set(stateId, record);
    },
    async update(stateId, change, given = {}) {
      check(stateId, given.lease);
      if (options.failWrites?.()) throw new Error('the disk is full');
      const record = change(records.get(stateId));
      records.set(stateId, record);
      writes.push(record);
    },
    delete: async (stateId) => void records.delete(stateId),
    list: async () => [...records.keys()].sort(),
    history: async () => [],
    async acquireLease(stateId, holder: LeaseHolder, given = {}) {
      const held = leases.get(stateId);
      if (held !== undefined && !given.force) return { kind: 'held', by: held };
      token += 1;
      const lease = { stateId, token, holder, expiresAt: Date.now() + 60_000 };
      leases.set(stateId, lease);
      return { kind: 'acquired', lease, ...(held === undefined ? {} : { replaced: held }) };
    },
    async renewLease(lease) {
      check(lease.stateId, lease);
      return { ...lease, expiresAt: Date.now() + 60_000 };
    },
    async releaseLease(lease) {
      if (leases.get(lease.stateId)?.token === lease.token) leases.delete(lease.stateId);
    },
    close: async () => {},
  };
  /** As if another run had taken over. */
  const steal = (stateId: string) => {
    const lease = leases.get(stateId);
    if (lease !== undefined) leases.set(stateId, { ...lease, token: lease.token + 1000 });
  };
  return { store, writes, steal, leases };
}
