import type { SqlColumn, SqlConnection, SqlDialect, TableName } from './dialect.ts';
import type { EncodedBatch } from './encode-batch.ts';
import { mergeStaged } from './merge.ts';
import { type Statements, stagingColumns } from './statements.ts';

/**
 * Rows of one stream on their way into its table. States: no staging table; staging table with rows. Rows are
 * numbered in their order, so that the last of a key wins; rows without some columns are marked with the
 * pattern of what they lack (rule 29 of hub-and-spec §6.1).
 */
export interface StagingArea {
  readonly rows: number;
  /** `keyed`: rows will replace others, so what a record lacks matters. */
  append(
    columns: readonly SqlColumn[],
    batch: Extract<EncodedBatch, { kind: 'values' }>,
    keyed: boolean,
  ): Promise<void>;
  /** Inside a transaction; `keys` is empty for an append. */
  merge(
    columns: readonly SqlColumn[],
    keys: readonly string[],
    carried: readonly Pick<SqlColumn, 'name' | 'type'>[],
  ): Promise<void>;
  /** Forgets the rows, after the commit; the next append makes the table anew, for whatever columns there are then. */
  reset(): void;
}

interface StagingContext {
  readonly connection: SqlConnection;
  readonly dialect: SqlDialect;
  readonly statements: Statements;
}

export function createStagingArea(table: TableName, context: StagingContext): StagingArea {
  const { connection, dialect, statements } = context;
  const staging = dialect.staging(table);
  const integerType = dialect.typeOf({ kind: 'integer' });
  const extra = Object.values(stagingColumns).map((name) => ({
    name,
    kind: { kind: 'integer' } as const,
    type: integerType,
  }));
  let rows = 0;
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
    async append(columns, batch, keyed) {
      const all = [...columns, ...extra];
      if (!ready) for (const sql of dialect.createStaging(staging, all)) await connection.execute(sql);
      ready = true;
      const sequences = Array.from({ length: batch.rows }, () => sequence++);
      const marks = Array.from<number>({ length: batch.rows }).fill(0);
      if (keyed) for (const [row, missing] of batch.missing) marks[row] = patternOf(missing, columns);
      const ranks = Array.from<number>({ length: batch.rows }).fill(1);
      await connection.append(staging, all, [...batch.values, sequences, marks, ranks]);
      rows += batch.rows;
    },
    merge: (columns, keys, carried) =>
      mergeStaged(connection, statements, {
        staging,
        table,
        columns,
        keys,
        carried,
        patterns: new Map([...patterns.values()].map((pattern) => [pattern.number, pattern.columns])),
      }),
    reset() {
      rows = 0;
      patterns = new Map();
      ready = false;
    },
  };
}
