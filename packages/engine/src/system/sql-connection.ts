/** MariaDB is `mysql`. */
export type SqlDialectName = 'sqlite' | 'postgresql' | 'mysql';

/**
 * What travels to and from a database: every driver answers with these and nothing else. A boolean is 1 or 0,
 * a point in time the text of `renderPythonDatetime`, a UUID 32 digits, a whole number too large for
 * JavaScript a bigint.
 */
export type SqlValue = null | number | bigint | string | Uint8Array;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/**
 * Where statements are executed. Placeholders are `?`, in order, and names are quoted with `"`; a driver
 * translates them if it must.
 */
export interface SqlSession {
  readonly dialect: SqlDialectName;
  all(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /**
   * Resolves to the number of rows that were changed. Outside a transaction it must be a statement that may be
   * executed twice: a driver does so when the connection was lost while it waited for the answer.
   */
  run(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
  /** Executes an INSERT of one row and resolves to the number that its column `id` was given. Never repeated. */
  insert(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
}

/**
 * The whole of what the stores of this engine ask from a database, so that another system becomes another
 * driver. Calls may overlap: a driver puts them in an order.
 *
 * `transaction` takes the right to write before its first statement, so that what it reads is still true
 * when it writes; it commits when the work resolves and undoes everything when it rejects. The work must use
 * the session that it is given: a statement on the connection itself would wait for the transaction to end.
 * It may be called again from its beginning, when the connection was lost before anything was committed.
 */
export interface SqlConnection extends SqlSession {
  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The text in a column, or undefined where there is none. */
export function textOf(row: SqlRow, column: string): string | undefined {
  const value = row[column];
  return value === null || value === undefined ? undefined : String(value);
}

/** The number in a column, or undefined where there is none. */
export function numberOf(row: SqlRow, column: string): number | undefined {
  const value = row[column];
  return value === null || value === undefined ? undefined : Number(value);
}
