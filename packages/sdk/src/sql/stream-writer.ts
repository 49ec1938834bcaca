import { type JsonObject, stringifyJson } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { RecordsItem, SchemaItem, StreamLoad } from '../connector.ts';
import { assertWhole, isPartial } from '../target/assert-whole.ts';
import { targetError } from '../target/errors.ts';
import { countNotNumbers } from '../target/not-numbers.ts';
import { agreeOnColumns, mayCreateTable } from './agree-on-columns.ts';
import type { ColumnKind } from './column-kind.ts';
import type { TableName } from './dialect.ts';
import { encodeBatch, isNothing } from './encode-batch.ts';
import { createFlattening, type Flattening } from './flatten.ts';
import type { GatheredItem } from './gathered-records.ts';
import { mergeHistory } from './history.ts';
import { inlineSchema } from './inline-schema.ts';
import type { RecordPolicy } from './load-options.ts';
import { mergeStaged, type StagedRows } from './merge.ts';
import { misfitPolicy, recordPolicy } from './record-policy.ts';
import { createRefusals, type RefusedRecord } from './refusals.ts';
import type { ContractMode } from './schema-contract.ts';
import { screenRecords } from './screen-records.ts';
import { createStagingArea } from './staging-area.ts';
import { stagingColumns } from './statements.ts';
import { deletedColumn, type PlannedColumn, planStreamColumns, versionColumn } from './stream-plan.ts';
import { createStreamTable, type TableContext, type TableLayout } from './stream-table.ts';
import { createTableVersions } from './table-versions.ts';

export interface WriterContext extends TableContext {
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** What comes is all there is of each stream: an incremental one, too, is read from its beginning. */
  readonly fromBeginning: boolean;
  /** Puts records aside, durable with the next commit of all streams. */
  readonly quarantine: (records: readonly RefusedRecord[]) => Promise<void>;
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
  /** Rows get the time at which their records were read. */
  readonly keepsTimes: boolean;
  /** Columns of its staging table. */
  readonly width: number;
  /** It is the schema that its records have already: taps say it again for every parent. */
  has(item: SchemaItem): boolean;
  applySchema(item: SchemaItem): Promise<void>;
  write(item: GatheredItem): Promise<void>;
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
  readonly bookmarks: readonly string[];
  readonly layout: TableLayout;
}

export function createStreamWriter(stream: string, table: TableName, context: WriterContext): StreamWriter {
  const { connection, dialect, options, clock } = context;
  const { contract } = options;
  const overwrites = options.loadMethod === 'overwrite';
  const keepsHistory = options.loadMethod === 'scd2';
  const refusals = createRefusals(stream, {
    maxQuarantined: options.maxQuarantined,
    notice: context.notice,
  });
  const writing = {
    holdsNul: dialect.holdsNul !== false,
    comparesContent: keepsHistory,
    onAltered: refusals.countAltered,
  };
  const place = createStreamTable(stream, table, context, writing);
  const staging = createStagingArea(place.target, context);
  const notNumbers = countNotNumbers();
  const versions = createTableVersions();
  let current: Current | undefined;
  let shut = false;
  let loaded = 0;
  /** Whether staged rows say that they were deleted. */
  let deletions = false;

  const flushOwn = async () => {
    if (staging.rows === 0) return;
    await context.transaction.commit(() => merge(false));
    merged();
  };

  const addColumns = async (columns: readonly PlannedColumn[]) => {
    const now = assertSchema(stream, current);
    const { wanted } = now.layout;
    const added = columns.filter(({ name }) => !wanted.some((each) => each.name === name));
    if (added.length === 0) return;
    await flushOwn();
    current = { ...now, layout: await place.shape([...wanted, ...added], now.bookmarks) };
  };

  const widenTo = async (at: number, wider: ColumnKind) => {
    await flushOwn();
    const now = assertSchema(stream, current);
    const layout = await place.widen(now.layout, at, wider);
    staging.reset();
    current = { ...now, layout };
  };

  const bring = (staged: StagedRows, { columns, carried, keys, times }: TableLayout) => {
    if (!keepsHistory) return mergeStaged({ ...staged, columns, carried, keys }, context);
    const own = columns.filter(({ planned }) => planned.property !== undefined && !planned.key);
    const rows = {
      ...staged,
      columns,
      keys,
      content: own.map(({ name }) => name).filter((name) => !name.startsWith('_sdc_')),
      times,
      deleted: own.find(({ planned }) => planned.property === deletedColumn.name)?.name,
      version: columns.find(({ name }) => name === versionColumn.name)?.name,
    };
    return mergeHistory(rows, context);
  };

  const merge = async (last: boolean) => {
    if (current === undefined) return;
    const { layout } = current;
    if (staging.rows > 0) {
      await staging.merge((staged) => bring(staged, layout));
      if (options.hardDelete && !keepsHistory && deletions)
        await connection.execute(context.statements.deleteMarked(place.target));
    }
    if (last) refusals.assertLimit();
    const stale = versions.stale(last);
    if (stale !== undefined) await place.retire(stale);
    if (last) await place.replace();
  };

  const merged = () => {
    loaded += staging.rows;
    deletions = false;
    staging.reset();
    versions.retired();
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

  const write = async (item: GatheredItem) => {
    if (shut) return refuseAll(item.records);
    versions.saw(item.version);
    await addColumns(columnsToAdd(item));
    const { flattening, layout } = assertSchema(stream, current);
    const { columns, admitted, way } = layout;
    const flat = options.flattenLevels > 0 ? item.records.map((row) => flattening.record(row)) : item.records;
    const screened = screenRecords(flat, item.records, admitted, contract.columns);
    const { rows, originals, positions } = screened;
    const times = item.times && (positions?.map((at) => item.times?.[at]) ?? item.times);
    const given = { facts: item, records: rows, times };
    const batch = encodeBatch(columns, given, clock.now(), misfitPolicy(contract.data_type));
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
    keepsTimes: keepsHistory || options.addRecordMetadata,
    get staged() {
      return staging.rows;
    },
    get width() {
      return (current?.layout.columns.length ?? 0) + Object.keys(stagingColumns).length;
    },
    has: (item) => current?.text === schemaText(item),
    async applySchema(item) {
      const text = schemaText(item);
      if (current?.text === text) return;
      if (overwrites && !context.fromBeginning && !options.overwriteIncremental)
        assertWhole(item, incrementalHint);
      if (isPartial(item) && !context.fromBeginning) versions.goesOn();
      // Singer rule 26: records that came under the old schema are written under it.
      await flushOwn();
      const flattening = createFlattening(inlineSchema(item.schema), options.flattenLevels);
      tellRenamed(flattening, stream, context.log);
      const flat = { ...item, schema: flattening.schema };
      const planned = planStreamColumns(flat, options, dialect, context.startedAt);
      const names = new Set(planned.map((column) => column.name));
      const added = [versionColumn, deletedColumn].filter(({ name }) => !names.has(name));
      const kept = current?.layout.wanted.filter((each) => added.includes(each)) ?? [];
      staging.reset();
      const agreed = await agree(planned);
      shut = agreed === undefined;
      if (agreed === undefined) return;
      const bookmarks = item.bookmarkProperties ?? [];
      const layout = await place.shape([...agreed, ...kept], bookmarks);
      current = { text, flattening, bookmarks, layout };
    },
    write,
    activate(version) {
      if (options.activateVersions) versions.activate(version);
    },
    merge,
    merged,
    async abandon() {
      if (await place.abandon()) loaded = 0;
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

function schemaText({ schema, keyProperties }: SchemaItem): string {
  return stringifyJson([schema, keyProperties]);
}

function saysDeleted(record: JsonObject): boolean {
  return !isNothing(record[deletedColumn.name]);
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
