import type { JsonObject } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { LoadNotice } from '../connector.ts';
import { refusedRecord, targetError } from '../target/errors.ts';
import type { Alteration } from './encode.ts';
import type { RecordPolicy } from './load-options.ts';
import { exceedsLimit, type QuarantineLimit, renderQuarantineLimit } from './quarantine-limit.ts';

/** A record that does not get into its table. */
export interface RefusedRecord {
  readonly record: JsonObject;
  readonly reason: string;
  readonly policy: RecordPolicy;
}

/** What of a stream was not loaded as it came, counted by reason (Invariant 4). */
export interface Refusals {
  /** Records that are not in the table, those in quarantine among them. */
  readonly refused: number;
  readonly quarantined: number;
  readonly discardedValues: number;
  /**
   * Of so many records these are refused: ends the run when one of them must, or when too many are put aside;
   * otherwise counts them and tells.
   */
  refuse(refusals: readonly RefusedRecord[], of: number): void;
  /** Ends the run when too many records of a stream that has ended were put aside. */
  assertLimit(): void;
  /** Counts values that their columns could not hold, by column. */
  countDiscarded(values: ReadonlyMap<string, number>): void;
  /** Counts members of records that have no column; they are left out (Singer rule 31). */
  countUnknown(records: readonly JsonObject[], known: ReadonlySet<string>): void;
  readonly countAltered: (column: string, how: Alteration) => void;
  /** Says at the end what was left out or cut. */
  tell(log: Log): void;
}

export interface RefusalOptions {
  readonly maxQuarantined: QuarantineLimit;
  readonly notice: (notice: LoadNotice) => void;
}

export function createRefusals(stream: string, { maxQuarantined, notice }: RefusalOptions): Refusals {
  const unknown = new Map<string, number>();
  const altered: Readonly<Record<Alteration, Map<string, number>>> = {
    cut: new Map(),
    surrogate: new Map(),
    nul: new Map(),
  };
  const discarded = new Map<string, number>();
  let refused = 0;
  let quarantined = 0;
  let seen = 0;
  const assertWithin = (ended: boolean) => {
    if (!exceedsLimit(maxQuarantined, quarantined, seen, ended)) return;
    throw tooMany(stream, maxQuarantined, quarantined, seen);
  };
  const count = (counts: Map<string, number>, name: string) =>
    void counts.set(name, (counts.get(name) ?? 0) + 1);
  return {
    get refused() {
      return refused;
    },
    get quarantined() {
      return quarantined;
    },
    get discardedValues() {
      return [...discarded.values()].reduce((sum, times) => sum + times, 0);
    },
    refuse(refusals, of) {
      seen += of;
      if (refusals.length === 0) return;
      const fatal = refusals.find(({ policy }) => policy === 'fail');
      if (fatal !== undefined) throw refusedRecord(stream, fatal.reason, refusals.length);
      refused += refusals.length;
      quarantined += refusals.filter(({ policy }) => policy === 'quarantine').length;
      const reasons = new Map<string, number>();
      for (const { reason, policy } of refusals)
        count(reasons, policy === 'quarantine' ? `${reason} (in quarantine)` : reason);
      for (const [reason, times] of reasons) notice({ kind: 'refused', stream, count: times, reason });
      assertWithin(false);
    },
    assertLimit: () => assertWithin(true),
    countDiscarded(values) {
      for (const [column, times] of values) discarded.set(column, (discarded.get(column) ?? 0) + times);
    },
    countUnknown(records, known) {
      for (const record of records) for (const name in record) if (!known.has(name)) count(unknown, name);
    },
    countAltered: (column, how) => count(altered[how], column),
    tell(log) {
      for (const [property, times] of unknown) {
        const message = `Stream ${stream}: "${property}" has no column and was left out of ${times} records`;
        log.log('warning', message, { stream, property, count: times });
      }
      for (const [column, times] of discarded) {
        const message = `Stream ${stream}: ${times} values did not fit the column "${column}" and were replaced by null`;
        log.log('warning', message, { stream, column, count: times });
      }
      for (const how of ['cut', 'surrogate', 'nul'] as const) {
        for (const [column, times] of altered[how]) {
          const message = `Stream ${stream}: ${alterations[how](column, times)}`;
          log.log('warning', message, { stream, column, count: times });
        }
      }
    },
  };
}

const alterations: Readonly<Record<Alteration, (column: string, times: number) => string>> = {
  cut: (column, times) => `${times} times in "${column}" were cut to microseconds`,
  surrogate: (column, times) =>
    `${times} texts in "${column}" held half a character (a lone surrogate), which was replaced by U+FFFD`,
  nul: (column, times) =>
    `${times} texts in "${column}" held a zero character, which was replaced by U+FFFD, as the database holds none`,
};

function tooMany(stream: string, limit: QuarantineLimit, count: number, of: number) {
  return targetError('too_many_quarantined', {
    message: `Of ${of} records of stream ${stream} ${count} would go into quarantine; max_quarantined is ${renderQuarantineLimit(limit)}`,
    hint: 'see the reasons above, correct the source or the schema, or raise max_quarantined',
    details: { stream, count, of },
  });
}
