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
  /** One row per key, the one staged last, matched by column name. */
  insertLatest(into: TableName, from: TableName, rows: LatestRows): string;
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
  /** Gives staged rows the values that the rows they replace have in these columns, and marks them as found. */
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
  hasRows(table: TableName): string;
  deleteStale(table: TableName, stale: StaleRows): string;
  /** Sets the time of deletion of rows that have none. */
  markStale(table: TableName, stale: StaleRows, at: string): string;
  deleteMarked(table: TableName): string;
  /** Ends rows of a history that a newer version of the table does not have. */
  endStale(table: TableName, stale: StaleRows, at: string, names: HistoryNames): string;
  /** Makes the rows of a table that kept none the first versions of a history. */
  beginHistory(table: TableName, names: HistoryNames, since: RowTimes): string;
}

/** Staged rows that are to be inserted. */
export interface LatestRows {
  readonly columns: readonly Pick<SqlColumn, 'name'>[];
  readonly keys: readonly string[];
  /** Only those of one rank. */
  readonly rank: number | undefined;
  /** Only those that replace a row, or only those that do not. */
  readonly found: boolean | undefined;
}

/** Rows that the activated version of a table does not have. */
export interface StaleRows {
  readonly version: number;
  /** Rows without a version are stale, too. */
  readonly unversioned: boolean;
}

/** Columns, of a table that kept no history, that say since when and until when its rows were as they are. */
export interface RowTimes {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Columns of a history. */
export interface HistoryNames {
  readonly from: string;
  readonly to: string;
  readonly current: string;
}

/** Tells, in a staging table, rows that replace another from new ones; only where that makes a difference. */
export const foundColumn = '_meltano_found';

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
  const instantOf = (at: string) => `CAST('${at}' AS ${dialect.typeOf({ kind: 'timestamp' })})`;
  const isStale = ({ version, unversioned }: StaleRows) => {
    const column = q('_sdc_table_version');
    return unversioned ? `(${column} IS NULL OR ${column} < ${version})` : `${column} < ${version}`;
  };
  return {
    table,
    createSchema: (schema) => `CREATE SCHEMA IF NOT EXISTS ${q(schema)}`,
    createTable: (name, columns) =>
      `CREATE TABLE ${table(name)} (${columns.map((column) => `${q(column.name)} ${column.type}`).join(', ')})`,
    addColumn: (name, column) => `ALTER TABLE ${table(name)} ADD COLUMN ${q(column.name)} ${column.type}`,
    drop: (name) => `DROP TABLE IF EXISTS ${table(name)}`,
    insertAll: (into, from, columns) =>
      `INSERT INTO ${table(into)} (${list(names(columns))}) SELECT ${list(names(columns))} FROM ${table(from)}`,
    insertLatest: (into, from, { columns, keys, rank, found }) =>
      `INSERT INTO ${table(into)} (${list(names(columns))}) SELECT ${list(names(columns))} FROM ${table(from)}` +
      ` WHERE ${q(stagingColumns.sequence)} IN (SELECT max(${q(stagingColumns.sequence)}) FROM ${table(from)}` +
      `${rank === undefined ? '' : ` WHERE ${q(stagingColumns.rank)} = ${rank}`} GROUP BY ${list(keys)})` +
      (found === undefined ? '' : ` AND ${q(foundColumn)} IS ${found ? 'NOT NULL' : 'NULL'}`),
    deleteMatching: (from, staged, keys, rank) =>
      `DELETE FROM ${table(from)} AS t USING ${table(staged)} AS s WHERE ${match(keys)}${ofRank('s.', rank)}`,
    keepOld: (staged, target, keys, columns, pattern, rank) =>
      `UPDATE ${table(staged)} AS s SET ${columns.map((name) => `${q(name)} = t.${q(name)}`).join(', ')}` +
      ` FROM ${table(target)} AS t WHERE ${match(keys)} AND s.${q(stagingColumns.pattern)} = ${pattern}${ofRank('s.', rank)}`,
    carryOver: (staged, target, keys, columns) =>
      `UPDATE ${table(staged)} AS s SET ${q(foundColumn)} = 1, ${columns.map((name) => `${q(name)} = t.${q(name)}`).join(', ')}` +
      ` FROM ${table(target)} AS t WHERE ${match(keys)}`,
    rankRows: (staged, keys) =>
      `UPDATE ${table(staged)} AS s SET ${q(stagingColumns.rank)} = r.n FROM (SELECT ${q(stagingColumns.sequence)} AS at,` +
      ` row_number() OVER (PARTITION BY ${list(keys)} ORDER BY ${q(stagingColumns.sequence)}) AS n FROM ${table(staged)}) AS r` +
      ` WHERE r.at = s.${q(stagingColumns.sequence)}`,
    greatestRank: (staged) => `SELECT max(${q(stagingColumns.rank)}) AS n FROM ${table(staged)}`,
    hasBeyond: (name, column, limit) =>
      `SELECT 1 AS found FROM ${table(name)} WHERE ${q(column)} > ${limit} OR ${q(column)} < -${limit} LIMIT 1`,
    hasRows: (name) => `SELECT 1 AS found FROM ${table(name)} LIMIT 1`,
    deleteStale: (name, stale) => `DELETE FROM ${table(name)} WHERE ${isStale(stale)}`,
    markStale: (name, stale, at) =>
      `UPDATE ${table(name)} SET ${q('_sdc_deleted_at')} = '${at}' WHERE ${isStale(stale)} AND ${q('_sdc_deleted_at')} IS NULL`,
    deleteMarked: (name) => `DELETE FROM ${table(name)} WHERE ${q('_sdc_deleted_at')} IS NOT NULL`,
    // Clocks differ: a version never ends before it begins.
    endStale: (name, stale, at, { from, to, current }) =>
      `UPDATE ${table(name)} SET ${q(current)} = FALSE, ${q(to)} = ` +
      `greatest(${instantOf(at)}, ${q(from)} + INTERVAL '1 microsecond')` +
      ` WHERE ${isStale(stale)} AND ${q(current)}`,
    beginHistory: (name, { from, to, current }, times) => {
      const instant = (column: string) => `CAST(${q(column)} AS ${dialect.typeOf({ kind: 'timestamp' })})`;
      const since =
        times.from === undefined
          ? instantOf('1970-01-01T00:00:00Z')
          : `coalesce(${instant(times.from)}, ${instantOf('1970-01-01T00:00:00Z')})`;
      const ended = times.to === undefined ? undefined : instant(times.to);
      const until = `CASE WHEN ${ended} IS NOT NULL THEN greatest(${ended}, ${since} + INTERVAL '1 microsecond') END`;
      return (
        `UPDATE ${table(name)} SET ${q(from)} = ${since}, ` +
        (ended === undefined
          ? `${q(current)} = TRUE`
          : `${q(current)} = (${ended} IS NULL), ${q(to)} = ${until}`)
      );
    },
  };
}
