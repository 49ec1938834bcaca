import type { SqlColumn, SqlDialect, TableName } from './dialect.ts';
import type { StagedRows } from './merge.ts';
import { type Statements, stagingColumns } from './statements.ts';
import { historyNames } from './stream-plan.ts';

/** What the rows of a history consist of. */
export interface HistoryRows extends StagedRows {
  readonly columns: readonly SqlColumn[];
  readonly keys: readonly string[];
  /** Columns whose change makes a new version. */
  readonly content: readonly string[];
  /** Columns that say since when a row is as it is, the first that is set; otherwise the time of its arrival counts. */
  readonly times: readonly string[];
  /** The column that is set when the row was deleted. */
  readonly deleted: string | undefined;
  /** The column of table versions, which rows that did not change take over. */
  readonly version: string | undefined;
}

/** The steps of bringing staged rows into a history, as SQL; `rank` limits a step to the rows of one rank. */
export interface HistoryStatements {
  /** Where versions are put in order. */
  readonly place: TableName;
  /** Since when each staged row is as it is. */
  readonly setTimes: string;
  /**
   * Where the time of arrival counts, a deletion that is said to be older than the version it came after ends that
   * version a moment after its start: it never vanishes. Undefined where rows say their times themselves.
   */
  readonly delayDeletions: string | undefined;
  /** Current versions of staged keys get the table version of their staged row. */
  readonly takeOverVersion: string | undefined;
  /** Columns that staged rows of a pattern do not have are taken from the version before. */
  fill(columns: readonly string[], pattern: number, rank: number): string;
  /** Of staged rows of one key and time the last stays. */
  dropRepeated(rank: number | undefined): string;
  /** Fills the place with the versions that are to be: key, time from, time to, where it stands now. */
  arrange(rank: number | undefined): string;
  /** Versions of staged keys that are not to be. */
  deleteReplaced(rank: number | undefined): string;
  /** The times to of versions that stay. */
  readonly setEnds: string;
  readonly insert: string;
}

/** Where a version stands: the lesser wins where two have one time. */
const sources = { staged: 0, existing: 1, end: 2 } as const;

/** Columns of the place where versions are put in order. */
export const arrangedColumns = {
  at: '_meltano_at',
  source: '_meltano_source',
  next: '_meltano_next',
} as const;

export function historyStatements(
  rows: HistoryRows,
  place: TableName,
  dialect: SqlDialect,
  statements: Statements,
): HistoryStatements {
  const q = (name: string) => dialect.quote(name);
  const { keys, content, deleted, version } = rows;
  const [s, t, d] = [rows.staging, rows.table, place].map((table) => statements.table(table));
  const [from, to, current] = [historyNames.from, historyNames.to, historyNames.current].map(q);
  const [at, source, next] = [arrangedColumns.at, arrangedColumns.source, arrangedColumns.next].map(q);
  const [gone, turn, same] = ['_meltano_gone', '_meltano_turn', '_meltano_same'].map(q);
  const sequence = q(stagingColumns.sequence);
  const rankColumn = q(stagingColumns.rank);
  const timestamp = dialect.typeOf({ kind: 'timestamp' });
  const list = (names: readonly string[], prefix = '') => names.map((name) => prefix + q(name)).join(', ');
  const match = (a: string, b: string) => keys.map((key) => `${a}.${q(key)} = ${b}.${q(key)}`).join(' AND ');
  const equal = (a: string, b: string) =>
    content.map((name) => `${a}.${q(name)} IS NOT DISTINCT FROM ${b}.${q(name)}`).join(' AND ') || 'TRUE';
  const ofRank = (prefix: string, rank: number | undefined) =>
    rank === undefined ? '' : ` AND ${prefix}${rankColumn} = ${rank}`;
  const staged = (rank: number | undefined) =>
    `EXISTS (SELECT 1 FROM ${s} AS s WHERE ${match('s', 't')}${ofRank('s.', rank)})`;
  const isGone = deleted === undefined ? 'FALSE' : `s.${q(deleted)} IS NOT NULL`;
  const times = rows.times.map((name) => `CAST(${q(name)} AS ${timestamp})`);
  const since = `coalesce(${[...times, from].join(', ')})`;
  // A record of a deletion that says a later time of itself was not deleted before that.
  const [deletedAt, ...others] = deleted !== undefined && rows.times[0] === deleted ? times : [];
  const own = `coalesce(${[...others, deletedAt].join(', ')})`;
  const time =
    deletedAt === undefined || others.length === 0
      ? since
      : `CASE WHEN ${own} > ${deletedAt} THEN ${own} + INTERVAL '1 microsecond' ELSE ${since} END`;
  const window = `(PARTITION BY ${list(keys)} ORDER BY ${at})`;
  const unchanged = [
    `lag(${gone}) OVER ${window} = ${gone}`,
    ...content.map((name) => `(${gone} OR lag(${q(name)}) OVER ${window} IS NOT DISTINCT FROM ${q(name)})`),
  ].join(' AND ');
  const columns = rows.columns
    .map(({ name }) => name)
    .filter((name) => name !== historyNames.to && name !== historyNames.current);
  const events = (rank: number | undefined) => {
    const both = [...keys, ...content];
    const nothing = content.map((name) => `NULL AS ${q(name)}`);
    // A staged row that says again what is there leaves what is there.
    const standsAlready = `EXISTS (SELECT 1 FROM ${t} AS t WHERE ${match('t', 's')} AND t.${from} = s.${from} AND ${equal('t', 's')})`;
    const stagedWhere = (gonePart: string, condition: string) =>
      `SELECT ${list(both, 's.')}, s.${from} AS ${at}, s.${sequence}, ${gonePart} AS ${gone}, ` +
      `${sources.staged} AS ${source} FROM ${s} AS s WHERE ${condition}${ofRank('s.', rank)}`;
    // Not one part with OR: below that PostgreSQL looks through the whole table for every staged row.
    return [
      stagedWhere('FALSE', `NOT ${standsAlready}${deleted === undefined ? '' : ` AND NOT (${isGone})`}`),
      ...(deleted === undefined ? [] : [stagedWhere('TRUE', isGone)]),
      `SELECT ${list(both, 't.')}, t.${from}, -1, FALSE, ${sources.existing} FROM ${t} AS t WHERE ${staged(rank)}`,
      `SELECT ${[list(keys, 't.'), ...nothing].join(', ')}, t.${to}, -1, TRUE, ${sources.end} FROM ${t} AS t` +
        ` WHERE t.${to} IS NOT NULL AND ${staged(rank)}`,
    ].join(' UNION ALL ');
  };
  return {
    place,
    setTimes: `UPDATE ${s} SET ${from} = ${time}`,
    delayDeletions:
      deleted === undefined || rows.times.some((name) => name !== deleted)
        ? undefined
        : `UPDATE ${s} AS s SET ${from} = v.${at} FROM (SELECT d.${sequence} AS ${sequence}, max(e.${from}) + INTERVAL '1 microsecond' AS ${at}` +
          ` FROM ${s} AS d JOIN (SELECT ${list(keys)}, ${from}, -1 AS ${sequence} FROM ${t} WHERE ${current}` +
          ` UNION ALL SELECT ${list(keys)}, ${from}, ${sequence} FROM ${s} WHERE ${q(deleted)} IS NULL) AS e` +
          ` ON ${match('e', 'd')} AND e.${sequence} < d.${sequence} WHERE d.${q(deleted)} IS NOT NULL GROUP BY d.${sequence}) AS v` +
          ` WHERE v.${sequence} = s.${sequence} AND v.${at} > s.${from}`,
    takeOverVersion:
      version === undefined
        ? undefined
        : `UPDATE ${t} AS t SET ${q(version)} = s.${q(version)} FROM ${s} AS s` +
          ` WHERE ${match('t', 's')} AND t.${current} AND s.${q(version)} IS NOT NULL`,
    fill: (missing, pattern, rank) =>
      `UPDATE ${s} AS s SET ${missing.map((name) => `${q(name)} = t.${q(name)}`).join(', ')} FROM ${t} AS t` +
      ` WHERE ${match('t', 's')} AND s.${q(stagingColumns.pattern)} = ${pattern}${ofRank('s.', rank)}` +
      ` AND t.${from} <= s.${from} AND (t.${to} IS NULL OR t.${to} > s.${from})`,
    dropRepeated: (rank) =>
      `DELETE FROM ${s} WHERE ${sequence} NOT IN (SELECT max(${sequence}) FROM ${s}` +
      ` GROUP BY ${list(rank === undefined ? keys : [...keys, stagingColumns.rank])}, ${from})`,
    arrange: (rank) =>
      `INSERT INTO ${d} (${list(keys)}, ${at}, ${sequence}, ${source}, ${next}) WITH e AS (${events(rank)}),` +
      ` f AS (SELECT *, row_number() OVER (PARTITION BY ${list(keys)}, ${at} ORDER BY ${source}) AS ${turn} FROM e),` +
      ` g AS (SELECT ${list(keys)}, ${at}, ${sequence}, ${gone}, ${source}, coalesce(${unchanged}, FALSE) AS ${same} FROM f WHERE ${turn} = 1),` +
      ` h AS (SELECT ${list(keys)}, ${at}, ${sequence}, ${gone}, ${source}, lead(${at}) OVER ${window} AS ${next} FROM g WHERE NOT ${same})` +
      ` SELECT ${list(keys)}, ${at}, ${sequence}, ${source}, ${next} FROM h WHERE NOT ${gone}`,
    deleteReplaced: (rank) =>
      `DELETE FROM ${t} AS t WHERE ${staged(rank)} AND NOT EXISTS (SELECT 1 FROM ${d} AS d WHERE ${match('d', 't')}` +
      ` AND d.${at} = t.${from} AND d.${source} = ${sources.existing})`,
    setEnds:
      `UPDATE ${t} AS t SET ${to} = d.${next}, ${current} = (d.${next} IS NULL) FROM ${d} AS d WHERE ${match('d', 't')}` +
      ` AND d.${source} = ${sources.existing} AND d.${at} = t.${from}` +
      ` AND (t.${to} IS DISTINCT FROM d.${next} OR t.${current} IS DISTINCT FROM (d.${next} IS NULL))`,
    insert:
      `INSERT INTO ${t} (${list(columns)}, ${to}, ${current}) SELECT ${list(columns, 's.')}, d.${next}, d.${next} IS NULL` +
      ` FROM ${s} AS s JOIN ${d} AS d ON d.${sequence} = s.${sequence} WHERE d.${source} = ${sources.staged}`,
  };
}
