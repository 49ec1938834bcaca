import type { SourceColumn, SqlQuery, SqlTapDialect } from './sql-source.ts';

export interface Selection {
  /** A table's quoted name, or a query in parentheses with a name. */
  readonly from: string;
  readonly columns: readonly SourceColumn[];
  /** The replication key: rows come in its order. */
  readonly orderBy: SourceColumn | undefined;
  /** Only rows whose replication key is this or greater. */
  readonly start: string | undefined;
  /** With a start, also the rows whose replication key is NULL. */
  readonly withNulls: boolean;
  readonly limit: number | undefined;
}

/**
 * The query of a stream. NULLs of a replication key come first: a run that breaks off among them has no bookmark
 * yet and reads them again, while one that has a bookmark is done with them.
 */
export function selectStatement(selection: Selection, dialect: SqlTapDialect): SqlQuery {
  const { from, columns, orderBy, start, limit } = selection;
  const q = (name: string) => dialect.quote(name);
  const list = columns
    .map(({ name, expression }) => (expression === undefined ? q(name) : `${expression} AS ${q(name)}`))
    .join(', ');
  // Rows without a column that is wanted are still rows.
  const parts = [`SELECT ${list === '' ? 'NULL' : list} FROM ${from}`];
  if (orderBy !== undefined) {
    const key = q(orderBy.name);
    if (start !== undefined) {
      const nulls = selection.withNulls && orderBy.nullable ? ` OR ${key} IS NULL` : '';
      parts.push(`WHERE ${key} >= ${dialect.parameter(1, orderBy.type)}${nulls}`);
    }
    parts.push(`ORDER BY ${key} ASC${orderBy.nullable ? dialect.nullsFirst : ''}`);
  }
  const sql = parts.join(' ');
  return {
    sql: limit === undefined ? sql : dialect.limit(sql, limit),
    parameters: orderBy === undefined || start === undefined ? [] : [start],
  };
}
