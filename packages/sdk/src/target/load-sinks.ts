import { randomUUID } from 'node:crypto';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { stringifyJson } from '@meltano/foundation/json';
import type {
  ConnectorContext,
  LoadOptions,
  LoadReport,
  RecordItem,
  RecordsItem,
  SchemaItem,
} from '../connector.ts';
import { createSlots } from '../slots.ts';
import { type CheckRecord, recordCheck } from './check-records.ts';
import { beforeSchema, refusedRecord, unsupportedMessage } from './errors.ts';
import { countNotNumbers } from './not-numbers.ts';
import { createPull } from './pull.ts';
import { recordsWithMetadata, schemaWithMetadata } from './record-metadata.ts';
import type { Sink, SinkStream } from './sink.ts';
import { createSinkLane, type SinkLane } from './sink-lane.ts';
import type { SinkConfig } from './sink-settings.ts';

export interface SinkLoad extends Pick<ConnectorContext, 'clock' | 'log' | 'signal'> {
  readonly settings: SinkConfig;
  open(stream: SinkStream, item: SchemaItem): Promise<Sink> | Sink;
}

/** Bytes of one stream that are written together, bytes of all that may wait, and how long anything waits. */
const batchBytes = 8_000_000;
const waitingBytes = 64_000_000;
const flushInterval = 30_000;
const maxStates = 100;

/** A stream with its sink, and what of it was not written. */
interface SinkWork {
  readonly lane: SinkLane;
  readonly versions: Set<number>;
  text: string;
  check: CheckRecord;
  refused: number;
  activation: number | undefined;
}

/** A state, and how many records of each stream came before it. */
interface WaitingState {
  readonly value: JsonValue;
  readonly marks: ReadonlyMap<SinkLane, number>;
}

/**
 * Loads items into sinks, one per stream. A state is acknowledged when all records before it are durable (Invariant
 * 1), whatever other streams still have on their way; everything is made durable at least every 30 seconds, also
 * while the source is silent. When the input breaks off, what came until then is made durable first.
 */
export async function loadSinks(
  items: AsyncIterable<RecordItem>,
  load: LoadOptions,
  context: SinkLoad,
): Promise<LoadReport> {
  const { clock, log, signal, settings } = context;
  const works = new Map<string, SinkWork>();
  const slots = createSlots(settings.max_parallelism);
  const runId = randomUUID();
  const startedAt = clock.now();
  let states: WaitingState[] = [];
  let acknowledged: Promise<void> = Promise.resolve();
  const { fail, orFailure } = createFailure();
  let dirtySince: number | undefined;

  const isCovered = ({ marks }: WaitingState) => [...marks].every(([lane, mark]) => lane.durable >= mark);
  const acknowledge = () => {
    const at = states.findLastIndex(isCovered);
    const state = states[at];
    if (state === undefined) return;
    states = states.slice(at + 1);
    acknowledged = acknowledged.then(() => load.acknowledge(state.value));
    acknowledged.catch(fail);
  };

  const streamOf = (item: SchemaItem, again: boolean): SinkStream => ({
    name: item.stream,
    schema: settings.add_record_metadata ? schemaWithMetadata(item.schema) : item.schema,
    keyProperties: item.keyProperties,
    again,
  });

  const changeSink = async (lane: SinkLane, item: SchemaItem) => {
    const stream = streamOf(item, true);
    if (lane.sink.change !== undefined) return lane.sink.change(stream);
    await lane.sink.close?.({ complete: false });
    lane.replace(await context.open(stream, item));
  };

  const applySchema = async (item: SchemaItem) => {
    const text = stringifyJson([item.schema, item.keyProperties]);
    const known = works.get(item.stream);
    if (known?.text === text) return;
    const { schema } = streamOf(item, known !== undefined);
    const check = recordCheck({ ...item, schema }, settings.validate_records);
    if (known === undefined) {
      const lane = createSinkLane(item.stream, await context.open(streamOf(item, false), item), runId, {
        rows: settings.batch_size_rows,
        bytes: batchBytes,
        slots,
        onDurable: acknowledge,
        onFailure: fail,
      });
      works.set(item.stream, { lane, text, check, versions: new Set(), refused: 0, activation: undefined });
      return;
    }
    // Singer rule 26: records that came under the old schema are written under it.
    await known.lane.flush();
    await changeSink(known.lane, item);
    Object.assign(known, { text, check });
  };

  const refuse = (stream: string, work: SinkWork, reasons: ReadonlyMap<string, number>) => {
    for (const [reason, count] of reasons) {
      if (settings.invalid_records === 'fail') throw refusedRecord(stream, reason, count);
      work.refused += count;
      load.notice?.({ kind: 'refused', stream, count, reason });
    }
  };

  const notNumbers = countNotNumbers();

  const write = (item: RecordsItem) => {
    notNumbers.count(item);
    const work = works.get(item.stream);
    if (work === undefined) throw beforeSchema(item.stream);
    if (item.version !== undefined) work.versions.add(item.version);
    const reasons = new Map<string, number>();
    const kept = item.records.filter((record) => {
      const reason = work.check(record);
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      return reason === undefined;
    });
    refuse(item.stream, work, reasons);
    const rows: readonly JsonObject[] = settings.add_record_metadata
      ? recordsWithMetadata(item, kept, { now: clock.now(), startedAt })
      : kept;
    if (rows.length > 0) work.lane.add(rows, item.bytes);
  };

  const keepState = (value: JsonValue) => {
    // The oldest are the nearest to being covered; of those in between a few will do.
    if (states.length >= maxStates) states.splice(-2, 1);
    states.push({ value, marks: new Map([...works.values()].map(({ lane }) => [lane, lane.taken])) });
  };

  const activate = async (work: SinkWork) => {
    const version = work.activation;
    if (version === undefined) return;
    work.activation = undefined;
    await work.lane.flush();
    if (work.lane.sink.activateVersion === undefined)
      log.log('info', `Version ${version} of a table was announced, which this target has no use for`);
    await work.lane.sink.activateVersion?.(version);
  };

  const take = async (item: RecordItem): Promise<void> => {
    dirtySince ??= clock.now();
    switch (item.kind) {
      case 'schema':
        return applySchema(item);
      case 'records':
        write(item);
        return waitForRoom();
      case 'state':
        keepState(item.value);
        return acknowledge();
      case 'activate-version': {
        const work = works.get(item.stream);
        if (work === undefined) throw beforeSchema(item.stream);
        work.activation = item.version;
        // Announced before its rows, it waits for the end of a whole input.
        return work.versions.has(item.version) ? activate(work) : undefined;
      }
      case 'other':
        throw unsupportedMessage(item.body['type']);
    }
  };

  /** Invariant 9: the source waits while too much is on its way. */
  const waitForRoom = async () => {
    const lanes = [...works.values()].map(({ lane }) => lane);
    if (lanes.reduce((sum, lane) => sum + lane.waiting, 0) < waitingBytes) return;
    for (const lane of lanes) lane.send();
    for (const lane of lanes) await lane.settled();
  };

  const flush = async () => {
    await Promise.all([...works.values()].map(({ lane }) => lane.flush()));
    dirtySince = undefined;
    acknowledge();
    await acknowledged;
  };

  const close = async (complete: boolean) => {
    for (const { lane } of works.values()) await lane.close(complete);
    acknowledge();
    await acknowledged;
  };

  const pull = createPull(items, clock);
  try {
    for (;;) {
      const due = dirtySince === undefined ? undefined : dirtySince + flushInterval - clock.now();
      const next = await orFailure(pull.next(due));
      if (next === 'due') await flush();
      else if (next === 'end') break;
      else if (next.failure !== undefined) {
        await flush();
        throw next.failure.error;
      } else await orFailure(take(next.item));
    }
    await flush();
    if (!signal.aborted) for (const work of works.values()) await activate(work);
    await close(!signal.aborted);
  } catch (error) {
    pull.stop();
    await Promise.allSettled([...works.values()].map(({ lane }) => lane.settled()));
    await Promise.allSettled([...works.values()].map(({ lane }) => lane.close(false)));
    throw error;
  }
  notNumbers.tell(log);
  return {
    streams: new Map(
      [...works].map(([stream, { lane, refused }]) => [stream, { loaded: lane.durable, refused }]),
    ),
  };
}

interface Failure {
  /** The first counts. */
  fail(error: unknown): void;
  /** Rejects as soon as something has failed elsewhere. One call at a time. */
  orFailure<T>(work: Promise<T>): Promise<T>;
}

/** A race against one long-lived promise would keep all that ever won it in memory; this keeps nothing. */
function createFailure(): Failure {
  let failure: { readonly error: unknown } | undefined;
  let onFail: ((error: unknown) => void) | undefined;
  return {
    fail(error) {
      failure ??= { error };
      onFail?.(failure.error);
    },
    async orFailure(work) {
      if (failure !== undefined) {
        work.catch(() => {});
        throw failure.error;
      }
      try {
        return await new Promise((resolve, reject) => {
          onFail = reject;
          work.then(resolve, reject);
        });
      } finally {
        onFail = undefined;
      }
    },
  };
}
