import type { SqlColumn, SqlConnection, SqlDialect, TableName } from './dialect.ts';
import { foundColumn, type Statements } from './statements.ts';

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

interface MergeContext {
  readonly connection: SqlConnection;
  readonly statements: Statements;
  readonly dialect: SqlDialect;
}

/** Brings staged rows into their table: appended without keys, otherwise the last row of each key replaces the old one. */
export async function mergeStaged(rows: MergedRows, context: MergeContext): Promise<void> {
  const { connection, statements } = context;
  const { staging, table, keys, patterns, columns, carried } = rows;
  if (keys.length === 0) return connection.execute(statements.insertAll(table, staging, columns));
  if (carried.length > 0) await carryOver(rows, context);
  if (patterns.size === 0) {
    await connection.execute(statements.deleteMatching(table, staging, keys));
    // One row is the latest of its key: streams with little to say need not pay for the search.
    if (rows.count === 1 && carried.length === 0)
      return connection.execute(statements.insertAll(table, staging, columns));
    return insert(undefined);
  }
  // A row without some columns builds on the row before it, so rows of one key go in one after the other.
  await connection.execute(statements.rankRows(staging, keys));
  const [greatest] = await connection.query(statements.greatestRank(staging));
  for (let rank = 1; rank <= Number(greatest?.['n'] ?? 0); rank += 1) {
    for (const [pattern, missing] of patterns) {
      await connection.execute(statements.keepOld(staging, table, keys, missing, pattern, rank));
    }
    await connection.execute(statements.deleteMatching(table, staging, keys, rank));
    await insert(rank);
  }

  /** New rows leave the columns that they do not have to the table's defaults. */
  async function insert(rank: number | undefined): Promise<void> {
    const all = { columns, keys, rank, found: undefined };
    const parts =
      carried.length === 0
        ? [all]
        : [
            { ...all, columns: [...columns, ...carried], found: true },
            { ...all, found: false },
          ];
    for (const part of parts) await connection.execute(statements.insertLatest(table, staging, part));
  }
}

async function carryOver(
  { staging, table, keys, carried }: MergedRows,
  { connection, statements, dialect }: MergeContext,
): Promise<void> {
  const found = { name: foundColumn, type: dialect.typeOf({ kind: 'integer' }) };
  for (const column of [...carried, found]) await connection.execute(statements.addColumn(staging, column));
  const names = carried.map((column) => column.name);
  await connection.execute(statements.carryOver(staging, table, keys, names));
}
