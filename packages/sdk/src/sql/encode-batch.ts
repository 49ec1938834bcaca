import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { RecordsItem } from '../connector.ts';
import { readMember } from '../schema/member.ts';
import type { ColumnKind } from './column-kind.ts';
import type { SqlColumn } from './dialect.ts';
import { type Alteration, type Encode, encoderOf, type SqlValue, Unfit } from './encode.ts';
import type { PlannedColumn } from './stream-plan.ts';

/** A column ready to be written: what is wanted, what the table has, and how values get there. */
export interface WriteColumn extends SqlColumn {
  readonly planned: PlannedColumn;
  readonly encode: Encode;
}

export function writeColumn(
  planned: PlannedColumn,
  column: SqlColumn,
  onAltered: (column: string, how: Alteration) => void,
): WriteColumn {
  return { ...column, planned, encode: encoderOf(column.kind, (how) => onAltered(column.name, how)) };
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
    };

export interface Refusal {
  /** Position of the record in its batch. */
  readonly row: number;
  readonly reason: string;
}

export function encodeBatch(
  columns: readonly WriteColumn[],
  item: RecordsItem,
  records: readonly JsonObject[],
  now: number,
): EncodedBatch {
  const values: SqlValue[][] = [];
  const refused = new Map<number, string>();
  const missing = new Map<number, number[]>();
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at] as WriteColumn;
    const result = encodeColumn(column, at, item, records, now, refused, missing);
    if (result instanceof Unfit)
      return { kind: 'widen', column: at, wider: result.wider ?? { kind: 'text' } };
    values.push(result);
  }
  if (refused.size > 0) return withoutRefused(columns, item, records, now, refused);
  return { kind: 'values', values, rows: records.length, refused: [], missing };
}

function encodeColumn(
  column: WriteColumn,
  at: number,
  item: RecordsItem,
  records: readonly JsonObject[],
  now: number,
  refused: Map<number, string>,
  missing: Map<number, number[]>,
): SqlValue[] | Unfit {
  const { property, key, added } = column.planned;
  const out = Array.from<SqlValue>({ length: records.length }).fill(null);
  const read = property === undefined ? undefined : readMember<JsonValue>(property);
  const constant = property === undefined ? (added?.(item, now) ?? null) : null;
  for (let row = 0; row < records.length; row += 1) {
    const record = records[row];
    const value = read === undefined || record === undefined ? constant : read(record);
    if (value === undefined || value === null) {
      if (key) refused.set(row, `the key "${property}" is ${value === null ? 'null' : 'missing'}`);
      else if (value === undefined) note(missing, row, at);
      continue;
    }
    const encoded = column.encode(value);
    if (!(encoded instanceof Unfit)) out[row] = encoded;
    else if (encoded.wider !== undefined) return encoded;
    else refused.set(row, refusalReason(column, value));
  }
  return out;
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
  item: RecordsItem,
  records: readonly JsonObject[],
  now: number,
  refused: ReadonlyMap<number, string>,
): EncodedBatch {
  const kept = records.filter((_, row) => !refused.has(row));
  const encoded = encodeBatch(columns, item, kept, now);
  if (encoded.kind === 'widen') return encoded;
  return { ...encoded, refused: [...refused].map(([row, reason]) => ({ row, reason })) };
}
