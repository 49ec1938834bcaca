import type { Clock } from '@meltano/foundation/clock';
import { stringifyJson } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { LoadNotice, RecordsItem, SchemaItem, StreamLoad } from '../connector.ts';
import { targetError } from '../target/errors.ts';
import type { ColumnKind } from './column-kind.ts';
import type { SqlColumn, SqlConnection, SqlDialect, TableName } from './dialect.ts';
import { encodeBatch, type WriteColumn, writeColumn } from './encode-batch.ts';
import { createFlattening, type Flattening } from './flatten.ts';
import type { SqlLoadOptions } from './load-options.ts';
import { loadingNameOf } from './names.ts';
import { createRefusals } from './refusals.ts';
import { type AppendWay, createStagingArea } from './staging-area.ts';
import { type Statements, stagingColumns } from './statements.ts';
import {
  deletedColumn,
  type PlannedColumn,
  planStreamColumns,
  type StreamPlan,
  versionColumn,
} from './stream-plan.ts';
import { createSchema, foldName, shapeTable, widenColumn } from './table-shape.ts';
import type { Transaction } from './transaction.ts';

export interface WriterContext {
  readonly connection: SqlConnection;
  readonly dialect: SqlDialect;
  readonly statements: Statements;
  readonly options: SqlLoadOptions;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly fullRefresh: boolean;
  readonly notice: (notice: LoadNotice) => void;
  readonly transaction: Transaction;
  /** Schemas that this load has made sure of. */
  readonly schemas: Set<string>;
}

/**
 * Writes one stream. States: without schema; with schema (table shaped, nothing staged); rows staged. Rows go
 * to a staging area as they come; `merge` brings them into the table inside the caller's transaction, and
 * `merged` forgets them once it is committed. With `overwrite` the table is a new one beside the old, which
 * takes its place in the last merge.
 */
export interface StreamWriter {
  readonly table: TableName;
  /** Rows staged and not yet merged. */
  readonly staged: number;
  /** Columns of its staging table. */
  readonly width: number;
  applySchema(item: SchemaItem): Promise<void>;
  write(item: RecordsItem): Promise<void>;
  activate(version: number): void;
  /** Inside a transaction. At the end of a complete input (`last`) the table is also swapped and versions are activated. */
  merge(last: boolean): Promise<void>;
  /** After the commit. */
  merged(): void;
  /** Leaves nothing half done behind. */
  abandon(): Promise<void>;
  report(): StreamLoad;
}

interface Current {
  readonly text: string;
  readonly plan: StreamPlan;
  readonly flattening: Flattening;
  readonly wanted: readonly PlannedColumn[];
  readonly columns: readonly WriteColumn[];
  /** Columns of the table that this stream does not write. */
  readonly carried: readonly Pick<SqlColumn, 'name' | 'type'>[];
  readonly way: AppendWay;
}

export function createStreamWriter(stream: string, table: TableName, context: WriterContext): StreamWriter {
  const { connection, dialect, statements, options, clock } = context;
  const overwrites = options.loadMethod === 'overwrite';
  const target: TableName = overwrites ? { ...table, name: loadingNameOf(table.name, dialect) } : table;
  const shape = {
    connection,
    dialect,
    statements,
    stream,
    notice: context.notice,
    shown: table,
    schemas: context.schemas,
  };
  const staging = createStagingArea(target, context);
  const refusals = createRefusals(stream, { policy: options.invalidRecords, notice: context.notice });
  const versions = new Set<number>();
  let activation: { readonly version: number; readonly early: boolean } | undefined;
  let current: Current | undefined;
  let started = false;
  let loaded = 0;

  const keysOf = (columns: readonly WriteColumn[]) =>
    options.loadMethod === 'append-only'
      ? []
      : columns.filter((column) => column.planned.key).map(({ name }) => name);

  const settle = async (shaping: Pick<Current, 'text' | 'plan' | 'flattening' | 'wanted'>) => {
    const { wanted } = shaping;
    if (overwrites && !started) await clearPlace();
    const shaped = await shapeTable(shape, target, wanted);
    if (overwrites && !started) await connection.execute(dialect.markLoading(target));
    started = true;
    const columns = shaped.columns.map((column, at) =>
      writeColumn(wanted[at] as PlannedColumn, column, refusals.countAltered),
    );
    const existing = shaped.all;
    const own = columns.map((column) => foldName(dialect, column.name));
    const carried = existing.filter(
      ({ name }) => !own.includes(foldName(dialect, name)) && !name.startsWith('_sdc_'),
    );
    const sameLayout = existing.map(({ name }) => foldName(dialect, name)).join('\0') === own.join('\0');
    const way = keysOf(columns).length > 0 ? 'keyed' : sameLayout ? 'direct' : 'plain';
    current = { ...shaping, columns, carried, way };
  };

  /** Begins the transaction in which the new table is made and marked; what a killed run left there is removed. */
  const clearPlace = async () => {
    await createSchema(shape, target.schema);
    await context.transaction.begin();
    if ((await connection.columns(target)) === undefined) return;
    if ((await connection.query(dialect.findLoading(target))).length === 0)
      throw foreignTable(stream, target);
    await connection.execute(statements.drop(target));
  };

  const flushOwn = async () => {
    if (staging.rows === 0) return;
    await context.transaction.commit(() => merge(false));
    merged();
  };

  const addColumn = async (column: PlannedColumn) => {
    const now = assertSchema(stream, current);
    if (now.wanted.some((each) => each.name === column.name)) return;
    await flushOwn();
    await settle({ ...now, wanted: [...now.wanted, column] });
  };

  const widenTo = async (at: number, wider: ColumnKind) => {
    await flushOwn();
    const now = assertSchema(stream, current);
    const changed = await widenColumn(shape, target, now.columns[at] as WriteColumn, wider);
    const columns = now.columns.map((each, index) =>
      index === at ? writeColumn(each.planned, changed, refusals.countAltered) : each,
    );
    staging.reset();
    current = { ...now, columns };
  };

  const merge = async (last: boolean) => {
    if (current === undefined) return;
    if (staging.rows > 0) {
      await staging.merge(current.columns, keysOf(current.columns), current.carried);
      if (options.hardDelete && current.plan.known.has(deletedColumn.name)) {
        await connection.execute(statements.deleteMarked(target));
      }
    }
    if (activation !== undefined && (last || !activation.early)) await retireOlder(activation.version);
    if (last && overwrites) for (const sql of dialect.swap(table, target)) await connection.execute(sql);
  };

  const merged = () => {
    loaded += staging.rows;
    staging.reset();
    if (activation !== undefined && !activation.early) activation = undefined;
  };

  const retireOlder = async (version: number) => {
    const existing = (await connection.columns(target))?.map((column) => column.name) ?? [];
    if (overwrites || !existing.includes(versionColumn.name)) return;
    if (options.hardDelete) return connection.execute(statements.deleteOlderVersions(target, version));
    if (!existing.includes(deletedColumn.name)) await shapeTable(shape, target, [deletedColumn]);
    await connection.execute(
      statements.markOlderVersions(target, version, new Date(clock.now()).toISOString()),
    );
  };

  const write = async (item: RecordsItem) => {
    if (item.version !== undefined && options.activateVersions && !overwrites) {
      versions.add(item.version);
      await addColumn(versionColumn);
    }
    const { columns, plan, flattening, way } = assertSchema(stream, current);
    const rows = options.flattenLevels > 0 ? item.records.map((row) => flattening.record(row)) : item.records;
    const batch = encodeBatch(columns, item, rows, clock.now());
    if (batch.kind === 'widen') {
      await widenTo(batch.column, batch.wider);
      return write(item);
    }
    refusals.refuse(batch.refused);
    refusals.countUnknown(rows, plan.known);
    refusals.countNotNumbers(item.notNumbers ?? 0);
    if (batch.rows > 0) await staging.append(columns, batch, way);
  };

  return {
    table,
    get staged() {
      return staging.rows;
    },
    get width() {
      return (current?.columns.length ?? 0) + Object.keys(stagingColumns).length;
    },
    async applySchema(item) {
      const text = stringifyJson([item.schema, item.keyProperties]);
      if (current?.text === text) return;
      if (overwrites && !context.fullRefresh) assertWhole(item);
      // Singer rule 26: records that came under the old schema are written under it.
      await flushOwn();
      const flattening = createFlattening(item.schema, options.flattenLevels);
      tellRenamed(flattening, stream, context.log);
      const flat = { ...item, schema: flattening.schema };
      const plan = planStreamColumns(flat, options, dialect, context.startedAt);
      const names = new Set(plan.columns.map((column) => column.name));
      const kept = current?.wanted.filter((each) => each === versionColumn && !names.has(each.name)) ?? [];
      staging.reset();
      await settle({ text, plan, flattening, wanted: [...plan.columns, ...kept] });
    },
    write,
    activate(version) {
      if (options.activateVersions) activation = { version, early: !versions.has(version) };
    },
    merge,
    merged,
    async abandon() {
      if (!overwrites || !started) return;
      loaded = 0;
      await connection.execute(statements.drop(target));
    },
    report() {
      refusals.tell(context.log);
      return { loaded, refused: refusals.refused };
    },
  };
}

/**
 * Invariant 4: a stream that continues from a bookmark brings only what is new, and a table of that alone would
 * take the place of one that has all.
 */
function assertWhole(item: SchemaItem): void {
  const bookmarks = item.bookmarkProperties ?? [];
  if (bookmarks.length === 0) return;
  throw targetError('incremental_overwrite', {
    message: `Stream ${item.stream} is read incrementally (by ${bookmarks.join(', ')}), but load_method is overwrite: its table would lose all rows that are not new`,
    hint: 'set load_method to upsert, read the stream with FULL_TABLE, or run with --full-refresh each time',
    details: { stream: item.stream },
  });
}

function foreignTable(stream: string, table: TableName) {
  return targetError('foreign_table', {
    message: `The table ${table.schema}.${table.name} stands where the rows of stream ${stream} are gathered, and was not made by this target`,
    hint: 'rename or drop it, or load into another schema with default_target_schema',
    details: { stream },
  });
}

function tellRenamed({ renamed }: Flattening, stream: string, log: Log): void {
  for (const { path, name } of renamed) {
    const property = path.join('.');
    const message = `Stream ${stream}: "${property}" is loaded into the column "${name}", because another property has its name`;
    log.log('warning', message, { stream, property, column: name });
  }
}

function assertSchema(stream: string, current: Current | undefined): Current {
  if (current !== undefined) return current;
  throw targetError('no_schema', {
    message: `A record of stream ${stream} came before its schema`,
    hint: 'the tap must send a SCHEMA message first',
    details: { stream },
  });
}
