import type { Clock } from '@meltano/foundation/clock';
import { type JsonObject, stringifyJson } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { LoadNotice, RecordsItem, SchemaItem, StreamLoad } from '../connector.ts';
import { assertWhole } from '../target/assert-whole.ts';
import { targetError } from '../target/errors.ts';
import { countNotNumbers } from '../target/not-numbers.ts';
import { agreeOnColumns, mayCreateTable } from './agree-on-columns.ts';
import type { ColumnKind } from './column-kind.ts';
import type { SqlColumn, SqlConnection, SqlDialect, TableName } from './dialect.ts';
import { encodeBatch, isNothing, type WriteColumn, writeColumn } from './encode-batch.ts';
import { createFlattening, type Flattening } from './flatten.ts';
import { mergeHistory } from './history.ts';
import { inlineSchema } from './inline-schema.ts';
import type { RecordPolicy, StreamLoadOptions } from './load-options.ts';
import { mergeStaged, type StagedRows } from './merge.ts';
import { loadingNameOf } from './names.ts';
import { misfitPolicy, recordPolicy } from './record-policy.ts';
import { createRefusals, type RefusedRecord } from './refusals.ts';
import type { ContractMode } from './schema-contract.ts';
import { screenRecords } from './screen-records.ts';
import { type AppendWay, createStagingArea } from './staging-area.ts';
import { type StaleRows, type Statements, stagingColumns } from './statements.ts';
import {
  deletedColumn,
  historyNames,
  type PlannedColumn,
  planStreamColumns,
  versionColumn,
} from './stream-plan.ts';
import { foreignTable, historyTable } from './table-errors.ts';
import { createSchema, foldName, shapeTable, widenColumn } from './table-shape.ts';
import { createTableVersions } from './table-versions.ts';
import type { Transaction } from './transaction.ts';

export interface WriterContext {
  readonly connection: SqlConnection;
  readonly dialect: SqlDialect;
  readonly statements: Statements;
  readonly options: StreamLoadOptions;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** What comes is all there is of each stream: an incremental one, too, is read from its beginning. */
  readonly fromBeginning: boolean;
  /** Puts records aside, durable with the next commit of all streams. */
  readonly quarantine: (records: readonly RefusedRecord[]) => Promise<void>;
  readonly notice: (notice: LoadNotice) => void;
  readonly transaction: Transaction;
  /** Schemas that this load has made sure of. */
  readonly schemas: Set<string>;
}

/**
 * Writes one stream. States: without schema; with schema (table shaped, nothing staged); rows staged. Rows go
 * to a staging area as they come; `merge` brings them into the table inside the caller's transaction, and
 * `merged` forgets them once it is committed. With `overwrite` the table is a new one beside the old, which
 * takes its place in the last merge. A stream whose contract lets no table be made is shut: all of its records
 * are refused.
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
  readonly flattening: Flattening;
  readonly wanted: readonly PlannedColumn[];
  /** Members of records that have a column. */
  readonly admitted: ReadonlySet<string>;
  readonly bookmarks: readonly string[];
  readonly columns: readonly WriteColumn[];
  /** Columns of the table that this stream does not write. */
  readonly carried: readonly Pick<SqlColumn, 'name' | 'type'>[];
  readonly way: AppendWay;
}

export function createStreamWriter(stream: string, table: TableName, context: WriterContext): StreamWriter {
  const { connection, dialect, statements, options, clock } = context;
  const { contract } = options;
  const overwrites = options.loadMethod === 'overwrite';
  const keepsHistory = options.loadMethod === 'scd2';
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
  const refusals = createRefusals(stream, {
    maxQuarantined: options.maxQuarantined,
    notice: context.notice,
  });
  const writing = {
    holdsNul: dialect.holdsNul !== false,
    comparesContent: keepsHistory,
    onAltered: refusals.countAltered,
  };
  const notNumbers = countNotNumbers();
  const versions = createTableVersions();
  let current: Current | undefined;
  let shut = false;
  let started = false;
  let loaded = 0;
  /** Whether staged rows say that they were deleted. */
  let deletions = false;

  const keysOf = (columns: readonly WriteColumn[]) =>
    options.loadMethod === 'append-only'
      ? []
      : columns.filter((column) => column.planned.key).map(({ name }) => name);

  const settle = async (shaping: Omit<Current, 'admitted' | 'columns' | 'carried' | 'way'>) => {
    const { wanted } = shaping;
    if (overwrites && !started) await clearPlace();
    const before = keepsHistory && !started ? await connection.columns(target) : undefined;
    const shaped = await shapeTable(shape, target, wanted);
    if (overwrites && !started) await connection.execute(dialect.markLoading(target));
    if (!keepsHistory) assertNoHistory(shaped.all, wanted);
    started = true;
    const columns = shaped.columns.map((column, at) =>
      writeColumn(wanted[at] as PlannedColumn, column, writing),
    );
    const existing = shaped.all;
    const own = columns.map((column) => foldName(dialect, column.name));
    const carried = existing.filter(
      ({ name }) => !own.includes(foldName(dialect, name)) && !name.startsWith('_sdc_'),
    );
    const sameLayout = existing.map(({ name }) => foldName(dialect, name)).join('\0') === own.join('\0');
    const way = keysOf(columns).length > 0 ? 'keyed' : sameLayout ? 'direct' : 'plain';
    const admitted = new Set(wanted.flatMap(({ property }) => property ?? []));
    current = { ...shaping, admitted, columns, carried, way };
    if (before !== undefined && !before.some(({ name }) => name === historyNames.from)) {
      const [from] = timesOf(current).filter((name) => name !== deletedColumn.name);
      const marked = before.find(({ name }) => name === deletedColumn.name);
      const to = marked !== undefined && isTime(dialect.kindOf(marked.type)?.kind) ? marked.name : undefined;
      await connection.execute(statements.beginHistory(target, historyNames, { from, to }));
    }
  };

  /** The versions of a row would all be replaced by one. */
  const assertNoHistory = (all: readonly { readonly name: string }[], wanted: readonly PlannedColumn[]) => {
    if (!all.some(({ name }) => name === historyNames.from)) return;
    if (!wanted.some(({ name }) => name === historyNames.from)) throw historyTable(stream, table);
  };

  /** Columns that say since when a row is as it is, the strongest first. */
  const timesOf = ({ columns, bookmarks }: Current): readonly string[] =>
    [deletedColumn.name, ...bookmarks]
      .flatMap((property) => columns.find((column) => column.planned.property === property) ?? [])
      .filter(({ kind }) => isTime(kind))
      .map(({ name }) => name);

  /** Begins the transaction in which the new table is made and marked; what a killed run left there is removed. */
  const clearPlace = async () => {
    await createSchema(shape, target.schema);
    await context.transaction.begin();
    assertNoHistory((await connection.columns(table)) ?? [], []);
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

  const addColumns = async (columns: readonly PlannedColumn[]) => {
    const now = assertSchema(stream, current);
    const added = columns.filter(({ name }) => !now.wanted.some((each) => each.name === name));
    if (added.length === 0) return;
    await flushOwn();
    await settle({ ...now, wanted: [...now.wanted, ...added] });
  };

  const widenTo = async (at: number, wider: ColumnKind) => {
    await flushOwn();
    const now = assertSchema(stream, current);
    const changed = await widenColumn(shape, target, now.columns[at] as WriteColumn, wider);
    const columns = now.columns.map((each, index) =>
      index === at ? writeColumn(each.planned, changed, writing) : each,
    );
    staging.reset();
    current = { ...now, columns };
  };

  const bringRows = (staged: StagedRows, { columns, carried }: Current) =>
    mergeStaged({ ...staged, columns, carried, keys: keysOf(columns) }, context);

  const bringHistory = (staged: StagedRows, now: Current) => {
    const { columns } = now;
    const own = columns.filter(({ planned }) => planned.property !== undefined && !planned.key);
    const rows = {
      ...staged,
      columns,
      keys: keysOf(columns),
      content: own.map(({ name }) => name).filter((name) => !name.startsWith('_sdc_')),
      times: timesOf(now),
      deleted: own.find(({ planned }) => planned.property === deletedColumn.name)?.name,
      version: columns.find(({ name }) => name === versionColumn.name)?.name,
    };
    return mergeHistory(rows, context);
  };

  const merge = async (last: boolean) => {
    if (current === undefined) return;
    const now = current;
    if (staging.rows > 0) {
      await staging.merge((staged) => (keepsHistory ? bringHistory(staged, now) : bringRows(staged, now)));
      if (options.hardDelete && !keepsHistory && deletions) {
        await connection.execute(statements.deleteMarked(target));
      }
    }
    if (last) refusals.assertLimit();
    const stale = versions.stale(last);
    if (stale !== undefined) await retire(stale);
    if (last && overwrites) for (const sql of dialect.swap(table, target)) await connection.execute(sql);
  };

  const merged = () => {
    loaded += staging.rows;
    deletions = false;
    staging.reset();
    versions.retired();
  };

  const retire = async (stale: StaleRows) => {
    const existing = (await connection.columns(target))?.map((column) => column.name) ?? [];
    if (overwrites || !existing.includes(versionColumn.name)) return;
    const at = new Date(clock.now()).toISOString();
    if (keepsHistory) return connection.execute(statements.endStale(target, stale, at, historyNames));
    if (options.hardDelete) return connection.execute(statements.deleteStale(target, stale));
    if (!existing.includes(deletedColumn.name)) await shapeTable(shape, target, [deletedColumn]);
    await connection.execute(statements.markStale(target, stale, at));
  };

  const refuse = async (refused: readonly RefusedRecord[], of: number) => {
    refusals.refuse(refused, of);
    const aside = refused.filter(({ policy }) => policy === 'quarantine');
    if (aside.length > 0) await context.quarantine(aside);
  };

  const policyOf = (mode: ContractMode): RecordPolicy => recordPolicy(mode, options.invalidRecords);

  const refuseAll = (records: readonly JsonObject[]) => {
    const reason = 'there is no table for it, and schema_contract lets none be made';
    const policy = policyOf(contract.tables === 'discard_value' ? 'discard_row' : contract.tables);
    return refuse(
      records.map((record) => ({ record, reason, policy })),
      records.length,
    );
  };

  /** Columns that records ask for by what they say beside their schema. */
  const columnsToAdd = (item: RecordsItem): readonly PlannedColumn[] => {
    const versioned = item.version !== undefined && options.activateVersions && !overwrites;
    // Rows are marked later, in a transaction in which not every database can change the table, too.
    const marks = versioned && !options.hardDelete && !keepsHistory;
    const says = contract.columns === 'evolve' && item.records.some(saysDeleted);
    return [...(versioned ? [versionColumn] : []), ...(marks || says ? [deletedColumn] : [])];
  };

  const write = async (item: RecordsItem) => {
    if (shut) return refuseAll(item.records);
    versions.saw(item.version);
    await addColumns(columnsToAdd(item));
    const { columns, admitted, flattening, way } = assertSchema(stream, current);
    const flat = options.flattenLevels > 0 ? item.records.map((row) => flattening.record(row)) : item.records;
    const screened = screenRecords(flat, item.records, admitted, contract.columns);
    const { rows, originals } = screened;
    const batch = encodeBatch(columns, item, rows, clock.now(), misfitPolicy(contract.data_type));
    if (batch.kind === 'widen') {
      await widenTo(batch.column, batch.wider);
      return write(item);
    }
    const refused = [
      ...screened.refused.map((each) => ({ ...each, policy: policyOf(contract.columns) })),
      ...batch.refused.map(({ row, reason, misfit }) => ({
        record: originals[row] ?? {},
        reason,
        policy: misfit ? policyOf(contract.data_type) : options.invalidRecords,
      })),
    ];
    await refuse(refused, item.records.length);
    refusals.countDiscarded(batch.discarded);
    refusals.countUnknown(rows, admitted);
    notNumbers.count(item);
    deletions ||= options.hardDelete && admitted.has(deletedColumn.name) && rows.some(saysDeleted);
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
      if (overwrites && !context.fromBeginning && !options.overwriteIncremental)
        assertWhole(item, incrementalHint);
      // Singer rule 26: records that came under the old schema are written under it.
      await flushOwn();
      const flattening = createFlattening(inlineSchema(item.schema), options.flattenLevels);
      tellRenamed(flattening, stream, context.log);
      const flat = { ...item, schema: flattening.schema };
      const planned = planStreamColumns(flat, options, dialect, context.startedAt);
      const names = new Set(planned.map((column) => column.name));
      const added = [versionColumn, deletedColumn].filter(({ name }) => !names.has(name));
      const kept = current?.wanted.filter((each) => added.includes(each)) ?? [];
      staging.reset();
      const agreed = await agree(planned);
      shut = agreed === undefined;
      if (agreed === undefined) return;
      await settle({
        text,
        flattening,
        wanted: [...agreed, ...kept],
        bookmarks: item.bookmarkProperties ?? [],
      });
    },
    write,
    activate(version) {
      if (options.activateVersions) versions.activate(version);
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
      notNumbers.tell(context.log);
      const { refused, quarantined, discardedValues } = refusals;
      return {
        loaded,
        refused,
        ...(quarantined === 0 ? {} : { quarantined }),
        ...(discardedValues === 0 ? {} : { discardedValues }),
      };
    },
  };

  /** What the contract lets into the table; undefined when there is none and none may be made. */
  async function agree(wanted: readonly PlannedColumn[]) {
    if (Object.values(contract).every((mode) => mode === 'evolve')) return wanted;
    const agreement = { stream, table, dialect, contract };
    const existing = await connection.columns(table);
    if (existing !== undefined) return agreeOnColumns(existing, wanted, agreement);
    return mayCreateTable(agreement) ? wanted : undefined;
  }
}

function saysDeleted(record: JsonObject): boolean {
  return !isNothing(record[deletedColumn.name]);
}

function isTime(kind: ColumnKind | undefined): boolean {
  return kind?.kind === 'timestamp' || kind?.kind === 'date';
}

const incrementalHint =
  'set load_method to upsert, read the stream with FULL_TABLE, run with --full-refresh, or set overwrite_incremental';

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
