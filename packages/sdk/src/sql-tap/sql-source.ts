import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { SqlNaming } from '../sql/dialect.ts';

/**
 * What `sqlTap` has to know of a database to write its queries: facts and fragments of SQL. What is asked of a
 * running database is `SqlSource`'s.
 */
export interface SqlTapDialect extends SqlNaming {
  /**
   * The place of a bound value in a query, given the type of the column that it is compared with: `CAST($1 AS DATE)`,
   * `$1::date`, `CAST(? AS DATE)`. Positions count from 1. The value itself is always a text.
   */
  parameter(position: number, type: string): string;
  /** What makes NULL the first in `ORDER BY x ASC`: ` NULLS FIRST`, or nothing where that is how it is. */
  readonly nullsFirst: string;
  /** The query cut to so many rows, which ends in its ORDER BY if it has one. */
  limit(sql: string, rows: number): string;
}

/** A table or view, or what looks like one. */
export interface SourceTable {
  readonly schema: string;
  readonly name: string;
  readonly isView: boolean;
  readonly columns: readonly SourceColumn[];
  /** The columns of the primary key; empty without one. */
  readonly keys: readonly string[];
}

export interface SourceColumn {
  readonly name: string;
  /** The database's own word for the type; bookmarks are cast to it. */
  readonly type: string;
  readonly nullable: boolean;
  /**
   * JSON Schema of the values that are not null. Exact decimals are `number` with `multipleOf`, `precision` and
   * `scale` (`decimalSchema`); integers that need more than 64 bits have `minimum` and `maximum`.
   */
  readonly schema: JsonObject;
  /**
   * The database orders the values as bookmarks are ordered: numbers and times by value, texts by their characters'
   * numbers, whatever the collation. Only such a column may be a replication key.
   */
  readonly ordered: boolean;
  /** SQL that reads the column where its quoted name does not, e.g. a cast of a type that no driver knows. */
  readonly expression?: string;
  /** What a person should know when the column is read: `has the type X, which is read as text`. */
  readonly note?: string;
}

export interface SqlQuery {
  readonly sql: string;
  /** Values of the parameters in their order, as texts. */
  readonly parameters: readonly string[];
}

/** What a driver may give beside JSON. */
export type SourceValue = JsonValue | bigint | Date;

export interface ReadOptions {
  /** The columns of the result, in its order. */
  readonly columns: readonly SourceColumn[];
  readonly log: Log;
  /** Aborted when no more rows are wanted; a statement that runs long without a row should be interrupted. */
  readonly signal: AbortSignal;
  /** To be called for each NaN or infinity that became null, because JSON has none; they are counted by column and told. */
  onNotNumber(column: string): void;
}

/**
 * An open database to read from. What the parts of one run see should be one snapshot where the database can do
 * that across connections.
 */
export interface SqlSource {
  /**
   * Tables and views of all schemas but the system's, in a fixed order. A number of queries that does not grow with the
   * number of tables: there may be thousands.
   */
  tables(): Promise<readonly SourceTable[]>;
  /**
   * The columns of a query's result. What the driver throws for a query that is none is told with the query's name; an
   * `AppError` is told as it is.
   */
  describe(sql: string): Promise<readonly SourceColumn[]>;
  /**
   * The rows of a query as records, in arrays of some hundreds or thousands, read as they are asked for: no result
   * is held in memory whole (Invariant 9). Values are JSON as the columns' schemas say; digits are kept by
   * `ExactNumber`. Numbers may come as texts of their digits or as bigints, and times as `Date`; any other value that is
   * not of the schema's type ends the run. May be called while other results are still being read, if the tap has a `concurrency`.
   */
  read(query: SqlQuery, options: ReadOptions): AsyncIterable<readonly Record<string, SourceValue>[]>;
  /** All values are JSON of the schemas' types already: they are sent without a look at each. */
  readonly exact?: boolean;
  close(): Promise<void>;
}

/** The schema of exact decimals; a scale of 0 makes whole numbers. */
export function decimalSchema(precision: number, scale: number): JsonObject {
  return { type: ['number'], multipleOf: Number(`1e-${scale}`), precision, scale };
}
