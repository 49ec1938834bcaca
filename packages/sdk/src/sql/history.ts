import type { SqlColumn, SqlConnection, SqlDialect, TableName } from './dialect.ts';
import { arrangedColumns, type HistoryRows, historyStatements } from './history-statements.ts';
import { derivedNameOf } from './names.ts';
import { type Statements, stagingColumns } from './statements.ts';

export interface HistoryContext {
  readonly connection: SqlConnection;
  readonly dialect: SqlDialect;
  readonly statements: Statements;
}

/**
 * Brings staged rows into a history: each key has versions with a time from and, except the current one, a time
 * to. Staged rows, the versions of their keys and the ends of these are put in the order of their times; one that
 * changes nothing of the one before it is dropped. So rows may come late or again, in any order, with the same
 * result; of rows of one key and time the last one counts. Versions that stay as they are are not written.
 */
export async function mergeHistory(rows: HistoryRows, context: HistoryContext): Promise<void> {
  const { connection, dialect, statements } = context;
  const sql = historyStatements(rows, placeOf(rows.table, dialect), dialect, statements);
  await connection.execute(sql.setTimes);
  if (sql.delayDeletions !== undefined) await connection.execute(sql.delayDeletions);
  if (sql.takeOverVersion !== undefined) await connection.execute(sql.takeOverVersion);
  if (rows.patterns.size === 0) return mergeOnce(undefined);
  // A row without some columns builds on the one before it, so rows of one key go in one after the other.
  await connection.execute(statements.rankRows(rows.staging, rows.keys));
  const [greatest] = await connection.query(statements.greatestRank(rows.staging));
  for (let rank = 1; rank <= Number(greatest?.['n'] ?? 0); rank += 1) {
    for (const [pattern, missing] of rows.patterns)
      await connection.execute(sql.fill(missing, pattern, rank));
    await mergeOnce(rank);
  }

  async function mergeOnce(rank: number | undefined): Promise<void> {
    await connection.execute(sql.dropRepeated(rank));
    for (const each of dialect.createStaging(sql.place, placeColumns(rows, dialect)))
      await connection.execute(each);
    await connection.execute(sql.arrange(rank));
    if (dialect.analyze !== undefined) await connection.execute(dialect.analyze(sql.place));
    await connection.execute(sql.deleteReplaced(rank));
    await connection.execute(sql.setEnds);
    await connection.execute(sql.insert);
    await connection.execute(statements.drop(sql.place));
  }
}

function placeOf(table: TableName, dialect: SqlDialect): TableName {
  const staging = dialect.staging(table);
  return { ...staging, name: derivedNameOf(staging.name, ':history', dialect) };
}

function placeColumns({ columns, keys }: HistoryRows, dialect: SqlDialect): readonly SqlColumn[] {
  const integer = { kind: { kind: 'integer' }, type: dialect.typeOf({ kind: 'integer' }) } as const;
  const timestamp = { kind: { kind: 'timestamp' }, type: dialect.typeOf({ kind: 'timestamp' }) } as const;
  return [
    ...columns.filter(({ name }) => keys.includes(name)),
    { name: arrangedColumns.at, ...timestamp },
    { name: stagingColumns.sequence, ...integer },
    { name: arrangedColumns.source, ...integer },
    { name: arrangedColumns.next, ...timestamp },
  ];
}
