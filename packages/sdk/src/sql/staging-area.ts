import type { SqlColumn, SqlConnection, SqlDialect, TableName } from './dialect.ts';
import type { EncodedBatch } from './encode-batch.ts';
import type { StagedRows } from './merge.ts';
import { type Statements, stagingColumns } from './statements.ts';
import type { Transaction } from './transaction.ts';

/**
 * Rows of one stream on their way into its table. States: no rows; rows in a staging table; rows in the table
 * itself, not committed, where nothing has to be replaced and the layouts are the same. Staged rows are
 * numbered in their order, so that the last of a key wins; rows without some columns are marked with the
 * pattern of what they lack (Singer rule 29).
 */
export interface StagingArea {
  readonly rows: number;
  append(columns: readonly SqlColumn[], batch: EncodedRows, way: AppendWay): Promise<void>;
  /** Inside a transaction: hands the staged rows, if any, to what brings them into the table. */
  merge(bring: (staged: StagedRows) => Promise<void>): Promise<void>;
  /** Forgets the rows, after the commit; the next append makes the table anew, for whatever columns there are then. */
  reset(): void;
}

export type EncodedRows = Extract<EncodedBatch, { kind: 'values' }>;

/** `direct`: straight into the table. `keyed`: rows will replace others, so what a record lacks matters. */
export type AppendWay = 'direct' | 'keyed' | 'plain';

interface StagingContext {
  readonly transaction: Transaction;
  readonly connection: SqlConnection;
  readonly dialect: SqlDialect;
  readonly statements: Statements;
}

export function createStagingArea(table: TableName, context: StagingContext): StagingArea {
  const { connection, dialect, statements, transaction } = context;
  const staging = dialect.staging(table);
  const integerType = dialect.typeOf({ kind: 'integer' });
  const extra = Object.values(stagingColumns).map((name) => ({
    name,
    kind: { kind: 'integer' } as const,
    type: integerType,
  }));
  let rows = 0;
  let staged = 0;
  let sequence = 0;
  let ready = false;
  let patterns = new Map<string, { readonly number: number; readonly columns: readonly string[] }>();

  const patternOf = (missing: readonly number[], columns: readonly SqlColumn[]): number => {
    const id = missing.join();
    const known = patterns.get(id);
    if (known !== undefined) return known.number;
    const number = patterns.size + 1;
    patterns.set(id, { number, columns: missing.flatMap((at) => columns[at]?.name ?? []) });
    return number;
  };

  return {
    get rows() {
      return rows;
    },
    async append(columns, batch, way) {
      rows += batch.rows;
      if (way === 'direct') {
        await transaction.begin();
        return connection.append(table, columns, batch.values);
      }
      const all = [...columns, ...extra];
      if (!ready) for (const sql of dialect.createStaging(staging, all)) await connection.execute(sql);
      ready = true;
      const sequences = Array.from({ length: batch.rows }, () => sequence++);
      const marks = Array.from<number>({ length: batch.rows }).fill(0);
      if (way === 'keyed')
        for (const [row, missing] of batch.missing) marks[row] = patternOf(missing, columns);
      const ranks = Array.from<number>({ length: batch.rows }).fill(1);
      await connection.append(staging, all, [...batch.values, sequences, marks, ranks]);
      staged += batch.rows;
    },
    async merge(bring) {
      if (staged === 0) return;
      if (dialect.analyze !== undefined) await connection.execute(dialect.analyze(staging));
      await bring({
        staging,
        table,
        count: staged,
        patterns: new Map([...patterns.values()].map((pattern) => [pattern.number, pattern.columns])),
      });
      // However small it is, a table keeps memory of its own.
      await connection.execute(statements.drop(staging));
    },
    reset() {
      rows = 0;
      staged = 0;
      patterns = new Map();
      ready = false;
    },
  };
}
