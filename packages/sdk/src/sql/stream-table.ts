import type { Clock } from '@meltano/foundation/clock';
import type { LoadNotice } from '../connector.ts';
import type { ColumnKind } from './column-kind.ts';
import type { SqlColumn, SqlConnection, SqlDialect, TableName } from './dialect.ts';
import { type WriteColumn, type WriteOptions, writeColumn } from './encode-batch.ts';
import type { StreamLoadOptions } from './load-options.ts';
import { loadingNameOf } from './names.ts';
import type { AppendWay } from './staging-area.ts';
import type { StaleRows, Statements } from './statements.ts';
import { deletedColumn, historyNames, type PlannedColumn, versionColumn } from './stream-plan.ts';
import { foreignTable, historyTable } from './table-errors.ts';
import { createSchema, foldName, shapeTable, widenColumn } from './table-shape.ts';
import type { Transaction } from './transaction.ts';

export interface TableContext {
  readonly connection: SqlConnection;
  readonly dialect: SqlDialect;
  readonly statements: Statements;
  readonly options: StreamLoadOptions;
  readonly clock: Clock;
  readonly notice: (notice: LoadNotice) => void;
  readonly transaction: Transaction;
  /** Schemas that this load has made sure of. */
  readonly schemas: Set<string>;
}

/** How rows of a stream lie in its table. */
export interface TableLayout {
  readonly wanted: readonly PlannedColumn[];
  readonly columns: readonly WriteColumn[];
  /** Names of the columns that tell one row from another; none where rows are only added. */
  readonly keys: readonly string[];
  /** Members of records that have a column. */
  readonly admitted: ReadonlySet<string>;
  /** Columns that say since when a row is as it is, the strongest first. */
  readonly times: readonly string[];
  /** Columns of the table that this stream does not write. */
  readonly carried: readonly Pick<SqlColumn, 'name' | 'type'>[];
  readonly way: AppendWay;
}

/**
 * The table that the rows of one stream go to. With `overwrite` it is a new one beside the old, made in the
 * transaction that `shape` begins and marked as unfinished, until `replace` puts it in the place of the old.
 */
export interface StreamTable {
  readonly target: TableName;
  /** Makes or extends the table, with a history of its rows where one is kept. `bookmarks` are properties. */
  shape(wanted: readonly PlannedColumn[], bookmarks: readonly string[]): Promise<TableLayout>;
  widen(layout: TableLayout, at: number, wider: ColumnKind): Promise<TableLayout>;
  /** Deletes, marks or ends rows of other versions. */
  retire(stale: StaleRows): Promise<void>;
  replace(): Promise<void>;
  /** Leaves nothing of an unfinished new table behind; true when there was one. */
  abandon(): Promise<boolean>;
}

export function createStreamTable(
  stream: string,
  table: TableName,
  context: TableContext,
  writing: WriteOptions,
): StreamTable {
  const { connection, dialect, statements, options, notice, schemas } = context;
  const overwrites = options.loadMethod === 'overwrite';
  const keepsHistory = options.loadMethod === 'scd2';
  const target: TableName = overwrites ? { ...table, name: loadingNameOf(table.name, dialect) } : table;
  const keyed = options.loadMethod === 'upsert' || keepsHistory;
  const shaping = { connection, dialect, statements, stream, notice, shown: table, schemas, keyed };
  let started = false;

  /** Begins the transaction in which the new table is made and marked; what a killed run left there is removed. */
  const clearPlace = async () => {
    await createSchema(shaping, target.schema);
    await context.transaction.begin();
    assertNoHistory((await connection.columns(table)) ?? [], []);
    if ((await connection.columns(target)) === undefined) return;
    if ((await connection.query(dialect.findLoading(target))).length === 0)
      throw foreignTable(stream, target);
    await connection.execute(statements.drop(target));
  };

  /** The versions of a row would all be replaced by one. */
  const assertNoHistory = (all: readonly { readonly name: string }[], wanted: readonly PlannedColumn[]) => {
    if (!all.some(({ name }) => name === historyNames.from)) return;
    if (!wanted.some(({ name }) => name === historyNames.from)) throw historyTable(stream, table);
  };

  const layoutOf = (
    columns: readonly WriteColumn[],
    existing: TableLayout['carried'],
    bookmarks: readonly string[],
  ): TableLayout => {
    const wanted = columns.map(({ planned }) => planned);
    const own = columns.map(({ name }) => foldName(dialect, name));
    const sameLayout = existing.map(({ name }) => foldName(dialect, name)).join('\0') === own.join('\0');
    const keys =
      options.loadMethod === 'append-only'
        ? []
        : columns.flatMap((each) => (each.planned.key ? each.name : []));
    return {
      wanted,
      columns,
      keys,
      admitted: new Set(wanted.flatMap(({ property }) => property ?? [])),
      times: timesOf(columns, bookmarks),
      carried: existing.filter(
        ({ name }) => !own.includes(foldName(dialect, name)) && !name.startsWith('_sdc_'),
      ),
      way: keys.length > 0 ? 'keyed' : sameLayout ? 'direct' : 'plain',
    };
  };

  /** Rows that were there before their history was kept are versions, too. */
  const beginHistory = async (
    before: readonly Pick<SqlColumn, 'name' | 'type'>[],
    { times }: TableLayout,
  ) => {
    if (before.some(({ name }) => name === historyNames.from)) return;
    const [from] = times.filter((name) => name !== deletedColumn.name);
    const marked = before.find(({ name }) => name === deletedColumn.name);
    const to = marked !== undefined && isTime(dialect.kindOf(marked.type)?.kind) ? marked.name : undefined;
    await connection.execute(statements.beginHistory(target, historyNames, { from, to }));
  };

  return {
    target,
    async shape(wanted, bookmarks) {
      if (overwrites && !started) await clearPlace();
      const before = keepsHistory && !started ? await connection.columns(target) : undefined;
      const shaped = await shapeTable(shaping, target, wanted);
      if (overwrites && !started) await connection.execute(dialect.markLoading(target));
      if (!keepsHistory) assertNoHistory(shaped.all, wanted);
      started = true;
      const columns = shaped.columns.map((column, at) =>
        writeColumn(wanted[at] as PlannedColumn, column, writing),
      );
      const layout = layoutOf(columns, shaped.all, bookmarks);
      if (before !== undefined) await beginHistory(before, layout);
      return layout;
    },
    async widen(layout, at, wider) {
      const column = layout.columns[at] as WriteColumn;
      const wanted = { kind: wider, key: column.planned.key };
      const changed = writeColumn(
        column.planned,
        await widenColumn(shaping, target, column, wanted),
        writing,
      );
      return { ...layout, columns: layout.columns.with(at, changed) };
    },
    async retire(stale) {
      const existing = (await connection.columns(target))?.map((column) => column.name) ?? [];
      if (overwrites || !existing.includes(versionColumn.name)) return;
      const at = new Date(context.clock.now()).toISOString();
      if (keepsHistory) return connection.execute(statements.endStale(target, stale, at, historyNames));
      if (options.hardDelete) return connection.execute(statements.deleteStale(target, stale));
      if (!existing.includes(deletedColumn.name)) await shapeTable(shaping, target, [deletedColumn]);
      await connection.execute(statements.markStale(target, stale, at));
    },
    async replace() {
      if (overwrites) for (const sql of dialect.swap(table, target)) await connection.execute(sql);
    },
    async abandon() {
      if (!overwrites || !started) return false;
      await connection.execute(statements.drop(target));
      return true;
    },
  };
}

function timesOf(columns: readonly WriteColumn[], bookmarks: readonly string[]): readonly string[] {
  return [deletedColumn.name, ...bookmarks]
    .flatMap((property) => columns.find(({ planned }) => planned.property === property) ?? [])
    .filter(({ kind }) => isTime(kind))
    .map(({ name }) => name);
}

function isTime(kind: ColumnKind | undefined): boolean {
  return kind?.kind === 'timestamp' || kind?.kind === 'date';
}
