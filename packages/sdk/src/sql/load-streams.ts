import type { Clock } from '@meltano/foundation/clock';
import type { JsonValue } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { LoadNotice, LoadOptions, LoadReport, RecordItem } from '../connector.ts';
import { isFromBeginning } from '../target/assert-whole.ts';
import { beforeSchema, targetError, unsupportedMessage } from '../target/errors.ts';
import { createPull } from '../target/pull.ts';
import type { SqlConnection, SqlDialect, TableName } from './dialect.ts';
import { createGatheredRecords, type GatheredItem } from './gathered-records.ts';
import { type SqlLoadOptions, streamOptions } from './load-options.ts';
import { tableNameOf } from './names.ts';
import { createQuarantine, quarantineTable } from './quarantine.ts';
import { evolving } from './schema-contract.ts';
import { statementsOf } from './statements.ts';
import { createStreamWriter, type StreamWriter, type WriterContext } from './stream-writer.ts';
import { createTransaction } from './transaction.ts';

export interface LoadContext {
  readonly connection: SqlConnection;
  readonly dialect: SqlDialect;
  readonly options: SqlLoadOptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly fullRefresh?: boolean;
  readonly continues?: boolean;
}

/** All staged rows become durable after this many bytes or milliseconds, so that state moves on and staging stays small. */
const flushBytes = 64_000_000;
const flushInterval = 30_000;
/** A staged column takes memory for some thousand values (about 32 kB in DuckDB), however few there are. */
const maxStagedColumns = 1_000;

/**
 * Loads items into tables. Staged rows of all streams are committed together; then the newest state that they
 * cover is acknowledged (Invariant 1). When the input breaks off, what came until then is committed and
 * acknowledged before the failure is passed on; what only a complete input justifies (overwrite, versions
 * announced before their rows) is then left undone.
 */
export async function loadStreams(
  items: AsyncIterable<RecordItem>,
  load: LoadOptions,
  context: LoadContext,
): Promise<LoadReport> {
  const { connection, dialect, options, clock, log } = context;
  const statements = statementsOf(dialect);
  const writers = new Map<string, StreamWriter>();
  const transaction = createTransaction(connection);
  const startedAt = clock.now();
  const notice = (each: LoadNotice) => load.notice?.(each);
  let state: { readonly value: JsonValue } | undefined;
  const schemas = new Set<string>();
  const stagedStreams = new Set<StreamWriter>();
  let stagedBytes = 0;
  let dirtySince: number | undefined;

  // With overwrite nothing is durable for a reader before the swap.
  let overwrites = false;
  const shared: Omit<WriterContext, 'options' | 'quarantine'> = {
    connection,
    dialect,
    statements,
    clock,
    log,
    startedAt,
    fromBeginning: isFromBeginning(context),
    notice,
    transaction,
    schemas,
  };
  const quarantine = createQuarantine(
    (schema) =>
      createStreamWriter(
        quarantineTable,
        { schema, name: quarantineTable },
        { ...shared, options: quarantineOptions(options), quarantine: async () => {} },
      ),
    () => clock.now(),
  );

  const writerOf = (stream: string): StreamWriter => {
    const known = writers.get(stream);
    if (known !== undefined) return known;
    const table = tableOf(stream, options, dialect);
    assertOwnTable(stream, table, writers);
    const own = streamOptions(options, stream);
    const writer = createStreamWriter(stream, table, {
      ...shared,
      options: own,
      async quarantine(records) {
        const aside = records.map(({ record, reason }) => ({ stream, record, reason }));
        stagedStreams.add(await quarantine.put(table.schema, aside));
      },
    });
    if (own.loadMethod === 'overwrite') overwrites = true;
    writers.set(stream, writer);
    return writer;
  };

  const gathered = createGatheredRecords();

  const isFull = () => {
    if (stagedBytes >= flushBytes) return true;
    let columns = 0;
    for (const writer of stagedStreams) columns += writer.width;
    // A wide stream on its own is not made to commit at every batch.
    return stagedStreams.size > 1 && columns >= maxStagedColumns;
  };

  const commit = async (last: boolean) => {
    const due = last ? [...writers.values(), ...quarantine.writers] : [...stagedStreams];
    if (due.length > 0) {
      await transaction.commit(async () => {
        for (const writer of due) await writer.merge(last);
      });
      for (const writer of due) writer.merged();
    }
    stagedStreams.clear();
    stagedBytes = 0;
  };

  /** True when there was so much that it was committed on the way. */
  const write = async (items: readonly GatheredItem[]): Promise<boolean> => {
    let committed = false;
    for (const item of items) {
      const writer = knownWriter(writers, item.stream);
      await writer.write(item);
      stagedBytes += item.bytes;
      if (writer.staged > 0) stagedStreams.add(writer);
      if (!isFull()) continue;
      await commit(false);
      committed = true;
    }
    return committed;
  };

  const flush = async (last: boolean) => {
    await write(gathered.take());
    await commit(last);
    dirtySince = undefined;
    if (state === undefined || (overwrites && !last)) return;
    const { value } = state;
    state = undefined;
    // Invariant 1: everything before the state is committed by now.
    await load.acknowledge(value);
  };

  const take = async (item: RecordItem) => {
    dirtySince ??= clock.now();
    switch (item.kind) {
      case 'schema': {
        const writer = writerOf(item.stream);
        if (writer.has(item)) return;
        await write(gathered.take(item.stream));
        return writer.applySchema(item);
      }
      case 'records': {
        const writer = knownWriter(writers, item.stream);
        const committed = await write(gathered.add(item, writer.keepsTimes));
        const rows = writer.staged + gathered.waiting(item.stream);
        if (committed || rows >= options.batchRows) await flush(false);
        return;
      }
      case 'state':
        state = { value: item.value };
        return;
      case 'activate-version': {
        const writer = knownWriter(writers, item.stream);
        await write(gathered.take(item.stream));
        writer.activate(item.version);
        // Invariant 1: a state that comes after it says that this was done, too.
        stagedStreams.add(writer);
        return;
      }
      case 'other':
        throw unsupportedMessage(item.body['type']);
    }
  };

  const pull = createPull(items, clock);
  try {
    for (;;) {
      const due = dirtySince === undefined ? undefined : dirtySince + flushInterval - clock.now();
      const next = await pull.next(due);
      if (next === 'due') await flush(false);
      else if (next === 'end') break;
      else if (next.failure !== undefined) {
        await flush(false);
        throw next.failure.error;
      } else await take(next.item);
    }
    await flush(!context.signal.aborted);
    if (context.signal.aborted) await abandonAll(writers);
  } catch (error) {
    pull.stop();
    await transaction.rollback();
    await abandonAll(writers).catch(() => {});
    throw error;
  }
  return { streams: new Map([...writers].map(([stream, writer]) => [stream, writer.report()])) };
}

function knownWriter(writers: ReadonlyMap<string, StreamWriter>, stream: string): StreamWriter {
  const writer = writers.get(stream);
  if (writer === undefined) throw beforeSchema(stream);
  return writer;
}

/** Records put aside are kept whatever is to be done with those that are not. */
function quarantineOptions(options: SqlLoadOptions): WriterContext['options'] {
  return {
    ...options,
    loadMethod: 'upsert',
    contract: evolving,
    addRecordMetadata: false,
    hardDelete: false,
    keysRequired: false,
    flattenLevels: 0,
    invalidRecords: 'fail',
  };
}

async function abandonAll(writers: ReadonlyMap<string, StreamWriter>): Promise<void> {
  for (const writer of writers.values()) await writer.abandon();
}

function tableOf(stream: string, options: SqlLoadOptions, dialect: SqlDialect): TableName {
  const [prefix = '', ...rest] = stream.split('-');
  const mapped = rest.length === 0 ? undefined : options.schemaMapping.get(prefix);
  if (mapped === undefined) return { schema: options.schema, name: tableNameOf(stream, dialect) };
  return { schema: mapped, name: tableNameOf(rest.join('-'), dialect) };
}

/** Singer rule 77: two streams never end in one table, and none among the records that were put aside. */
function assertOwnTable(stream: string, table: TableName, writers: ReadonlyMap<string, StreamWriter>): void {
  if (table.name === quarantineTable) {
    throw targetError('name_clash', {
      message: `The stream ${stream} would be loaded into the table ${table.schema}.${table.name}, which is kept for records put into quarantine`,
      hint: 'rename it with a mapper, or deselect it',
      details: { streams: [stream] },
    });
  }
  for (const [other, writer] of writers) {
    if (writer.table.schema !== table.schema || writer.table.name !== table.name) continue;
    throw targetError('name_clash', {
      message: `The streams ${other} and ${stream} would both be loaded into the table ${table.schema}.${table.name}`,
      hint: 'rename one of them with a mapper, deselect it, or load it into another schema',
      details: { streams: [other, stream] },
    });
  }
}
