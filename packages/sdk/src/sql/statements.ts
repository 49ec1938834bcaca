import { quotedTable, type SqlColumn, type SqlDialect, type TableName } from './dialect.ts';

/** SQL that all dialects share, as texts; a dialect adds what differs. */
export interface Statements {
  table(table: TableName): string;
  createSchema(schema: string): string;
  createTable(table: TableName, columns: readonly SqlColumn[]): string;
  addColumn(table: TableName, column: Pick<SqlColumn, 'name' | 'type'>): string;
  drop(table: TableName): string;
  /** All rows of `from`, matched by column name. */
  insertAll(into: TableName, from: TableName, columns: readonly SqlColumn[]): string;
  /** One row per key, the one staged last; `rank` limits it to the rows of one rank. */
  insertLatest(
    into: TableName,
    from: TableName,
    columns: readonly Pick<SqlColumn, 'name'>[],
    keys: readonly string[],
    rank?: number,
  ): string;
  deleteMatching(from: TableName, staged: TableName, keys: readonly string[], rank?: number): string;
  /** Fills columns that staged rows of one pattern do not have from the rows they replace (Singer rule 29). */
  keepOld(
    staged: TableName,
    target: TableName,
    keys: readonly string[],
    columns: readonly string[],
    pattern: number,
    rank?: number,
  ): string;
  /** Gives all staged rows the values that the rows they replace have in these columns. */
  carryOver(
    staged: TableName,
    target: TableName,
    keys: readonly string[],
    columns: readonly string[],
  ): string;
  /** Numbers the staged rows of each key in their order. */
  rankRows(staged: TableName, keys: readonly string[]): string;
  greatestRank(staged: TableName): string;
  hasBeyond(table: TableName, column: string, limit: string): string;
  deleteOlderVersions(table: TableName, version: number): string;
  markOlderVersions(table: TableName, version: number, at: string): string;
  deleteMarked(table: TableName): string;
  /** Ends rows of a history that a newer version of the table does not have. */
  endOlderVersions(table: TableName, version: number, at: string, names: HistoryNames): string;
  /** Makes the rows of a table that kept none the first versions of a history, since `time` where they have it. */
  beginHistory(table: TableName, names: HistoryNames, time: string | undefined): string;
}

/** Columns of a history. */
export interface HistoryNames {
  readonly from: string;
  readonly to: string;
  readonly current: string;
}

/** Columns of a staging table beside those of the stream. */
export const stagingColumns = {
  sequence: '_meltano_sequence',
  pattern: '_meltano_pattern',
  rank: '_meltano_rank',
} as const;

export function statementsOf(dialect: SqlDialect): Statements {
  const q = (name: string) => dialect.quote(name);
  const table = (name: TableName) => quotedTable(name, dialect);
  const list = (names: readonly string[], alias = '') => names.map((name) => alias + q(name)).join(', ');
  const names = (columns: readonly Pick<SqlColumn, 'name'>[]) => columns.map((column) => column.name);
  const match = (keys: readonly string[]) => keys.map((key) => `t.${q(key)} = s.${q(key)}`).join(' AND ');
  const ofRank = (alias: string, rank: number | undefined) =>
    rank === undefined ? '' : ` AND ${alias}${q(stagingColumns.rank)} = ${rank}`;
  return {
    table,
    createSchema: (schema) => `CREATE SCHEMA IF NOT EXISTS ${q(schema)}`,
    createTable: (name, columns) =>
      `CREATE TABLE ${table(name)} (${columns.map((column) => `${q(column.name)} ${column.type}`).join(', ')})`,
    addColumn: (name, column) => `ALTER TABLE ${table(name)} ADD COLUMN ${q(column.name)} ${column.type}`,
    drop: (name) => `DROP TABLE IF EXISTS ${table(name)}`,
    insertAll: (into, from, columns) =>
      `INSERT INTO ${table(into)} (${list(names(columns))}) SELECT ${list(names(columns))} FROM ${table(from)}`,
    insertLatest: (into, from, columns, keys, rank) =>
      `INSERT INTO ${table(into)} (${list(names(columns))}) SELECT ${list(names(columns))} FROM ${table(from)}` +
      ` WHERE ${q(stagingColumns.sequence)} IN (SELECT max(${q(stagingColumns.sequence)}) FROM ${table(from)}` +
      `${rank === undefined ? '' : ` WHERE ${q(stagingColumns.rank)} = ${rank}`} GROUP BY ${list(keys)})`,
    deleteMatching: (from, staged, keys, rank) =>
      `DELETE FROM ${table(from)} AS t USING ${table(staged)} AS s WHERE ${match(keys)}${ofRank('s.', rank)}`,
    keepOld: (staged, target, keys, columns, pattern, rank) =>
      `UPDATE ${table(staged)} AS s SET ${columns.map((name) => `${q(name)} = t.${q(name)}`).join(', ')}` +
      ` FROM ${table(target)} AS t WHERE ${match(keys)} AND s.${q(stagingColumns.pattern)} = ${pattern}${ofRank('s.', rank)}`,
    carryOver: (staged, target, keys, columns) =>
      `UPDATE ${table(staged)} AS s SET ${columns.map((name) => `${q(name)} = t.${q(name)}`).join(', ')}` +
      ` FROM ${table(target)} AS t WHERE ${match(keys)}`,
    rankRows: (staged, keys) =>
      `UPDATE ${table(staged)} AS s SET ${q(stagingColumns.rank)} = r.n FROM (SELECT ${q(stagingColumns.sequence)} AS at,` +
      ` row_number() OVER (PARTITION BY ${list(keys)} ORDER BY ${q(stagingColumns.sequence)}) AS n FROM ${table(staged)}) AS r` +
      ` WHERE r.at = s.${q(stagingColumns.sequence)}`,
    greatestRank: (staged) => `SELECT max(${q(stagingColumns.rank)}) AS n FROM ${table(staged)}`,
    hasBeyond: (name, column, limit) =>
      `SELECT 1 AS found FROM ${table(name)} WHERE ${q(column)} > ${limit} OR ${q(column)} < -${limit} LIMIT 1`,
    deleteOlderVersions: (name, version) =>
      `DELETE FROM ${table(name)} WHERE ${q('_sdc_table_version')} < ${version}`,
    markOlderVersions: (name, version, at) =>
      `UPDATE ${table(name)} SET ${q('_sdc_deleted_at')} = '${at}'` +
      ` WHERE ${q('_sdc_table_version')} < ${version} AND ${q('_sdc_deleted_at')} IS NULL`,
    deleteMarked: (name) => `DELETE FROM ${table(name)} WHERE ${q('_sdc_deleted_at')} IS NOT NULL`,
    // Clocks differ: a version never ends before it begins.
    endOlderVersions: (name, version, at, { from, to, current }) =>
      `UPDATE ${table(name)} SET ${q(current)} = FALSE, ${q(to)} = ` +
      `greatest(CAST('${at}' AS ${dialect.typeOf({ kind: 'timestamp' })}), ${q(from)} + INTERVAL '1 microsecond')` +
      ` WHERE ${q('_sdc_table_version')} < ${version} AND ${q(current)}`,
    beginHistory: (name, { from, current }, time) =>
      `UPDATE ${table(name)} SET ${q(current)} = TRUE, ${q(from)} = ` +
      (time === undefined
        ? "'1970-01-01T00:00:00Z'"
        : `coalesce(CAST(${q(time)} AS ${dialect.typeOf({ kind: 'timestamp' })}), '1970-01-01T00:00:00Z')`),
  };
}
