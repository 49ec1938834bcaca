import type { ColumnKind } from './column-kind.ts';
import type { SqlValue } from './encode.ts';

export interface TableName {
  /** A database beside the connection's own, e.g. that of temporary tables. */
  readonly catalog?: string;
  readonly schema: string;
  readonly name: string;
}

export interface SqlColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The database's own word for the type; an existing column keeps its. */
  readonly type: string;
}

/** What reading from and writing to a database have in common: how it is called, and how it spells a name. */
export interface SqlNaming {
  /** For messages, e.g. `DuckDB`. */
  readonly label: string;
  quote(identifier: string): string;
}

/** A table's name as SQL. */
export function quotedTable({ catalog, schema, name }: TableName, { quote }: SqlNaming): string {
  return [...(catalog === undefined ? [] : [catalog]), schema, name].map((each) => quote(each)).join('.');
}

/**
 * What `sqlTarget` has to know of a database: facts and fragments of SQL. How records are written (append,
 * upsert, overwrite, evolution, versions) is written once, over this.
 */
export interface SqlDialect extends SqlNaming {
  /** Longest identifier, in UTF-16 characters, or in bytes of UTF-8 where `identifierUnit` says so. */
  readonly maxIdentifierLength: number;
  readonly identifierUnit?: 'characters' | 'bytes';
  /** Names in lower case that no column may have, quoted or not, e.g. `xmin`: a property of such a name gets a suffix. */
  readonly reservedColumns?: readonly string[];
  /** False when no text may hold U+0000: U+FFFD takes its place then, counted and told. */
  readonly holdsNul?: boolean;
  /** False when `A` and `a` name the same column. */
  readonly caseSensitive: boolean;
  readonly defaultSchema: string;
  /**
   * A query that has a row when there is a schema of this name. Asked before `CREATE SCHEMA IF NOT EXISTS`, which many
   * databases refuse to a role that may not make schemas, also where there is nothing to be made.
   */
  findSchema?(schema: string): string;
  typeOf(kind: ColumnKind): string;
  /**
   * What an existing column of this type holds; undefined for a type that this target does not write. Types are
   * spelled as `columns` gives them, or in upper case where a schema names one in `x-sql-datatype`. A `narrow` type
   * holds less than its kind promises (a 32-bit integer), and is widened before it is written to.
   */
  kindOf(type: string): { readonly kind: ColumnKind; readonly narrow: boolean } | undefined;
  /** The statement that gives a column another type and converts its values. */
  alterType(table: TableName, from: SqlColumn, to: SqlColumn): string;
  /** Statements that put one table in another's place inside a transaction, so that no reader sees neither. */
  swap(table: TableName, replacement: TableName): readonly string[];
  /** Marks a table as one that is being loaded and belongs to nobody else; `swap` takes the mark away. */
  markLoading(table: TableName): string;
  /** A query that has a row when the table has this mark. */
  findLoading(table: TableName): string;
  /** Where the staged rows of a table stand, under a name that is not too long (`derivedNameOf`); the place may vanish with the connection. */
  staging(table: TableName): TableName;
  /** Statements that make the staging table anew, empty. */
  createStaging(staging: TableName, columns: readonly SqlColumn[]): readonly string[];
  /** Lets the database look at a staging table that has been filled, where it plans by what it has last seen. */
  analyze?(staging: TableName): string;
}

/** An open connection; it may connect as late as at its first use. All statements of one flush run in one transaction. */
export interface SqlConnection {
  execute(sql: string): Promise<void>;
  /** Rows as plain objects; integers may be numbers, bigints or texts. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** The columns of a table in their order, or undefined when there is no such table. */
  columns(table: TableName): Promise<readonly { readonly name: string; readonly type: string }[] | undefined>;
  /** Bulk load: one array of values per column, all of the same length, for all columns of the table in its order. */
  append(
    table: TableName,
    columns: readonly SqlColumn[],
    values: readonly (readonly SqlValue[])[],
  ): Promise<void>;
  close(): Promise<void>;
}
