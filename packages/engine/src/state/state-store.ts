import type { JsonObject } from '@meltano/foundation/json';

/**
 * Where state is kept between runs. One contract for every backend; `stateStoreSuite` in `testing/` says what
 * a backend must do.
 *
 * - Writes are atomic: a reader sees the old record or the new one (Invariant 2).
 * - What a write replaces is kept, so that a mistake can be undone: every record that was edited away or
 *   deleted, and for each run the record from before its first write.
 * - A lease gives one holder at a time the right to write a state id (Invariant 3). `set` with a token that
 *   is no longer current fails with `state.lease_lost` and writes nothing.
 */
export interface StateStore {
  /** Meltano's name for it in its log: `Database`, `Local Filesystem`. */
  readonly label: string;
  get(stateId: string): Promise<StateRecord | undefined>;
  set(stateId: string, record: StateRecord, options?: { readonly lease?: Lease }): Promise<void>;
  /** Read, change and write as one step. `change` is pure: it is called again when another writer came first. */
  update(
    stateId: string,
    change: (current: StateRecord | undefined) => StateRecord,
    options?: { readonly lease?: Lease },
  ): Promise<void>;
  delete(stateId: string): Promise<void>;
  /** Sorted. The pattern's meaning differs between backends as in Meltano (meltano-runtime §4.6). */
  list(pattern?: string): Promise<readonly string[]>;
  /** The records that newer ones replaced, newest first; at most ten are kept. */
  history(stateId: string): Promise<readonly PastState[]>;
  /**
   * A lease lasts for `leaseMs` of the store's options (60 s) and is to be renewed well before that. A holder
   * that is provably dead, or that cannot be judged and has expired, is replaced; one that lives is not.
   */
  acquireLease(stateId: string, holder: LeaseHolder, options?: AcquireOptions): Promise<LeaseAnswer>;
  /** Extends the lease and answers it anew; throws `state.lease_lost` when another holder has it. */
  renewLease(lease: Lease): Promise<Lease>;
  /** Does nothing when the lease is no longer held. */
  releaseLease(lease: Lease): Promise<void>;
  close(): Promise<void>;
}

export interface AcquireOptions {
  /** Take the lease also from a holder that lives; its later writes are refused. */
  readonly force?: boolean;
}

/** Meltano's record: `{"singer_state": …}` in each part, or `{}`. Partial wins over completed when read. */
export interface StateRecord {
  readonly completed: JsonObject;
  readonly partial: JsonObject;
}

export interface PastState {
  readonly record: StateRecord;
  readonly replacedAt: number;
}

/** Enough to tell whether a holder still lives, from the same host or another. */
export interface LeaseHolder {
  readonly runId: string;
  readonly host: string;
  /** Changes when the host restarts. */
  readonly bootId: string;
  readonly pid: number;
  /** Start time of the process in the host's own unit: a pid alone may have been given to another. */
  readonly processStart: string;
}

export interface Lease {
  readonly stateId: string;
  /** Grows with every holder: a fencing token. */
  readonly token: number;
  readonly holder: LeaseHolder;
  readonly expiresAt: number;
}

export type LeaseAnswer =
  | {
      readonly kind: 'acquired';
      readonly lease: Lease /** A sentence when a dead holder was replaced. */;
      readonly replaced?: Lease;
    }
  | { readonly kind: 'held'; readonly by: Lease };
