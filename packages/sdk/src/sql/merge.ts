import type { SqlColumn, SqlConnection, TableName } from './dialect.ts';
import type { Statements } from './statements.ts';

export interface StagedRows {
  readonly staging: TableName;
  readonly table: TableName;
  readonly count: number;
  /** Columns that rows of a pattern do not have, by the pattern's number; empty when every row has all. */
  readonly patterns: ReadonlyMap<number, readonly string[]>;
}

export interface MergedRows extends StagedRows {
  readonly columns: readonly SqlColumn[];
  /** Column names; empty for an append. */
  readonly keys: readonly string[];
  /** Columns of the table that the stream does not have: a row that is replaced leaves them to its successor. */
  readonly carried: readonly NamedType[];
}

type NamedType = Pick<SqlColumn, 'name' | 'type'>;

/** Brings staged rows into their table: appended without keys, otherwise the last row of each key replaces the old one. */
export async function mergeStaged(
  connection: SqlConnection,
  statements: Statements,
  rows: MergedRows,
): Promise<void> {
  const { staging, table, keys, patterns } = rows;
  if (keys.length === 0) return connection.execute(statements.insertAll(table, staging, rows.columns));
  const columns = [...rows.columns, ...(await carryOver(connection, statements, rows))];
  if (patterns.size === 0) {
    await connection.execute(statements.deleteMatching(table, staging, keys));
    // One row is the latest of its key: streams with little to say need not pay for the search.
    const insert = rows.count === 1 ? statements.insertAll : statements.insertLatest;
    return connection.execute(insert(table, staging, columns, keys));
  }
  // A row without some columns builds on the row before it, so rows of one key go in one after the other.
  await connection.execute(statements.rankRows(staging, keys));
  const [greatest] = await connection.query(statements.greatestRank(staging));
  for (let rank = 1; rank <= Number(greatest?.['n'] ?? 0); rank += 1) {
    for (const [pattern, missing] of patterns) {
      await connection.execute(statements.keepOld(staging, table, keys, missing, pattern, rank));
    }
    await connection.execute(statements.deleteMatching(table, staging, keys, rank));
    await connection.execute(statements.insertLatest(table, staging, columns, keys, rank));
  }
}

async function carryOver(
  connection: SqlConnection,
  statements: Statements,
  { staging, table, keys, carried }: MergedRows,
): Promise<readonly NamedType[]> {
  for (const column of carried) await connection.execute(statements.addColumn(staging, column));
  const names = carried.map((column) => column.name);
  if (names.length > 0) await connection.execute(statements.carryOver(staging, table, keys, names));
  return carried;
}
