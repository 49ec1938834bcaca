import type { JsonObject } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { LoadNotice } from '../connector.ts';
import { targetError } from '../target/errors.ts';
import type { Alteration } from './encode.ts';
import type { Refusal } from './encode-batch.ts';

/** What of a stream was not loaded as it came, counted by reason (Invariant 4). */
export interface Refusals {
  readonly refused: number;
  /** Ends the run at the first one, or counts them and tells. */
  refuse(refusals: readonly Refusal[]): void;
  /** Counts members of records that the schema does not have; they are left out (Singer rule 31). */
  countUnknown(records: readonly JsonObject[], known: ReadonlySet<string>): void;
  readonly countAltered: (column: string, how: Alteration) => void;
  /** Counts values that were null in the place of a NaN or Infinity. */
  countNotNumbers(count: number): void;
  /** Says at the end what was left out or cut. */
  tell(log: Log): void;
}

export interface RefusalOptions {
  readonly policy: 'fail' | 'refuse';
  readonly notice: (notice: LoadNotice) => void;
}

export function createRefusals(stream: string, { policy, notice }: RefusalOptions): Refusals {
  const unknown = new Map<string, number>();
  const altered: Readonly<Record<Alteration, Map<string, number>>> = { cut: new Map(), surrogate: new Map() };
  let notNumbers = 0;
  let refused = 0;
  const count = (counts: Map<string, number>, name: string) =>
    void counts.set(name, (counts.get(name) ?? 0) + 1);
  return {
    get refused() {
      return refused;
    },
    refuse(refusals) {
      const [first] = refusals;
      if (first === undefined) return;
      if (policy === 'fail') throw invalidRecord(stream, first, refusals.length);
      refused += refusals.length;
      const reasons = new Map<string, number>();
      for (const { reason } of refusals) count(reasons, reason);
      for (const [reason, times] of reasons) notice({ kind: 'refused', stream, count: times, reason });
    },
    countUnknown(records, known) {
      for (const record of records) for (const name in record) if (!known.has(name)) count(unknown, name);
    },
    countAltered: (column, how) => count(altered[how], column),
    countNotNumbers(times) {
      notNumbers += times;
    },
    tell(log) {
      for (const [property, times] of unknown) {
        const message = `Stream ${stream}: "${property}" is not in the schema and was left out of ${times} records`;
        log.log('warning', message, { stream, property, count: times });
      }
      for (const [column, times] of altered.cut) {
        const message = `Stream ${stream}: ${times} times in "${column}" were cut to microseconds`;
        log.log('warning', message, { stream, column, count: times });
      }
      for (const [column, times] of altered.surrogate) {
        const message = `Stream ${stream}: ${times} texts in "${column}" held half a character (a lone surrogate), which was replaced by U+FFFD`;
        log.log('warning', message, { stream, column, count: times });
      }
      if (notNumbers === 0) return;
      const message = `Stream ${stream}: ${notNumbers} values were NaN or Infinity, which JSON does not have, and were read as null`;
      log.log('warning', message, { stream, count: notNumbers });
    },
  };
}

function invalidRecord(stream: string, refusal: Refusal, count: number) {
  const others = count === 1 ? '' : ` (and ${count - 1} more in the same batch)`;
  return targetError('invalid_record', {
    message: `A record of stream ${stream} cannot be loaded: ${refusal.reason}${others}`,
    hint: 'correct the schema with the extra "schema" of the extractor, or set invalid_records to refuse',
    details: { stream, reason: refusal.reason, count },
  });
}
