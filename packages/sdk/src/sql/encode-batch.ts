import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { readMember } from '../schema/member.ts';
import type { ColumnKind } from './column-kind.ts';
import type { SqlColumn } from './dialect.ts';
import { type Alteration, type Encode, encoderOf, type SqlValue, Unfit } from './encode.ts';
import type { RecordTimes } from './gathered-records.ts';
import type { AddedValue, PlannedColumn } from './stream-plan.ts';

/** A column ready to be written: what is wanted, what the table has, and how values get there. */
export interface WriteColumn extends SqlColumn {
  readonly planned: PlannedColumn;
  readonly encode: Encode;
}

export function writeColumn(
  planned: PlannedColumn,
  column: SqlColumn,
  { holdsNul, comparesContent, onAltered }: WriteOptions,
): WriteColumn {
  const encode = encoderOf(column.kind, {
    holdsNul,
    sortsMembers: comparesContent || planned.key,
    onAltered: (how) => onAltered(column.name, how),
  });
  return { ...column, planned, encode };
}

export interface WriteOptions {
  readonly holdsNul: boolean;
  /** All columns are compared, not only keys. */
  readonly comparesContent: boolean;
  readonly onAltered: (column: string, how: Alteration) => void;
}

/**
 * Records as arrays of values per column. Either all is encoded, or a column must be widened first, after
 * which the same records are encoded again. A record that no column can hold is left out and reported.
 */
export type EncodedBatch =
  | { readonly kind: 'widen'; readonly column: number; readonly wider: ColumnKind }
  | {
      readonly kind: 'values';
      readonly values: SqlValue[][];
      readonly rows: number;
      readonly refused: readonly Refusal[];
      /** Per row the positions of columns that the record does not have; undefined where it has all. */
      readonly missing: ReadonlyMap<number, readonly number[]>;
      /** How many values were replaced by null, by column. */
      readonly discarded: ReadonlyMap<string, number>;
    };

export interface Refusal {
  /** Position of the record in its batch. */
  readonly row: number;
  readonly reason: string;
  /** A value does not fit its column; otherwise the key is missing. */
  readonly misfit: boolean;
}

/**
 * What becomes of a value that its column cannot hold. `widen`: the column follows where it can. `discard`: null
 * takes its place. `refuse`: its record is left out.
 */
export type MisfitPolicy = 'widen' | 'discard' | 'refuse';

/** Records of one stream and version. */
export interface RecordBatch {
  readonly facts: Parameters<AddedValue>[0];
  readonly records: readonly JsonObject[];
  /** When each was read, where they were not read at one time. */
  readonly times?: RecordTimes | undefined;
}

export function encodeBatch(
  columns: readonly WriteColumn[],
  batch: RecordBatch,
  now: number,
  misfits: MisfitPolicy,
): EncodedBatch {
  const values: SqlValue[][] = [];
  const discarded = new Map<string, number>();
  const refused = new Map<number, Omit<Refusal, 'row'>>();
  const missing = new Map<number, number[]>();
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at] as WriteColumn;
    const result = encodeColumn(column, at, { ...batch, now, misfits, refused, missing, discarded });
    if (result instanceof Unfit)
      return { kind: 'widen', column: at, wider: result.wider ?? { kind: 'text' } };
    values.push(result);
  }
  if (refused.size > 0) return withoutRefused(columns, { ...batch, now, misfits, refused });
  return { kind: 'values', values, rows: batch.records.length, refused: [], missing, discarded };
}

interface Encoding extends RecordBatch {
  readonly now: number;
  readonly misfits: MisfitPolicy;
  readonly refused: Map<number, Omit<Refusal, 'row'>>;
}

function encodeColumn(
  column: WriteColumn,
  at: number,
  {
    facts,
    records,
    times,
    now,
    misfits,
    refused,
    missing,
    discarded,
  }: Encoding & { readonly missing: Map<number, number[]>; readonly discarded: Map<string, number> },
): SqlValue[] | Unfit {
  const { property, key, added, timed = false, absentIsNull = false } = column.planned;
  const out = Array.from<SqlValue>({ length: records.length }).fill(null);
  const read = property === undefined ? undefined : readMember<JsonValue>(property);
  const constant = property === undefined ? (added?.(facts, now) ?? null) : null;
  const own = timed && times !== undefined ? times : undefined;
  for (let row = 0; row < records.length; row += 1) {
    const record = records[row];
    const alone = own === undefined ? constant : (added?.(readAt(facts, own[row]), now) ?? null);
    const given = read === undefined || record === undefined ? alone : read(record);
    const value = absentIsNull && isNothing(given) ? null : given;
    if (value === undefined || value === null) {
      if (key)
        refused.set(row, {
          reason: `the key "${property}" is ${value === null ? 'null' : 'missing'}`,
          misfit: false,
        });
      else if (value === undefined) note(missing, row, at);
      continue;
    }
    const encoded = column.encode(value);
    if (!(encoded instanceof Unfit)) out[row] = encoded;
    else if (encoded.wider !== undefined && misfits === 'widen') return encoded;
    else if (misfits === 'discard' && !key) discarded.set(column.name, (discarded.get(column.name) ?? 0) + 1);
    else refused.set(row, { reason: refusalReason(column, value), misfit: true });
  }
  return out;
}

function readAt({ version }: RecordBatch['facts'], time: string | undefined): RecordBatch['facts'] {
  return {
    ...(version === undefined ? {} : { version }),
    ...(time === undefined ? {} : { timeExtracted: time }),
  };
}

/** Neither an empty text nor false is a time at which something happened. */
export function isNothing(value: JsonValue | undefined): boolean {
  return (value ?? null) === null || value === '' || value === false;
}

function note(missing: Map<number, number[]>, row: number, column: number): void {
  const columns = missing.get(row);
  if (columns === undefined) missing.set(row, [column]);
  else columns.push(column);
}

/** Names the place and both types; never the value, which may be personal. */
function refusalReason(column: WriteColumn, value: JsonValue): string {
  const what = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  const kind = column.kind.kind.replace('-', ' ');
  return `"${column.planned.property ?? column.name}" is ${what} that is not a valid ${kind}`;
}

function withoutRefused(
  columns: readonly WriteColumn[],
  { facts, records, times, now, misfits, refused }: Encoding,
): EncodedBatch {
  const isKept = (_: unknown, row: number) => !refused.has(row);
  const kept = { facts, records: records.filter(isKept), times: times?.filter(isKept) };
  const encoded = encodeBatch(columns, kept, now, misfits);
  if (encoded.kind === 'widen') return encoded;
  return { ...encoded, refused: [...refused].map(([row, refusal]) => ({ row, ...refusal })) };
}
