import type { JsonObject } from '@meltano/foundation/json';
import type { RecordsItem } from '../connector.ts';
import { parseInstant } from '../schema/instant.ts';
import { type Cursor, type CursorOptions, type CursorWindow, createCursor } from './cursor.ts';
import type { PlannedStream } from './plan-stream.ts';
import { type RecordReader, recordReader, type Unplaced, unlessTooDeep } from './record-reader.ts';
import { recordSize } from './record-size.ts';
import type { StreamPartition } from './stream.ts';
import { partitionKey, type TapState } from './tap-state.ts';

/** Invariant 9: one item holds at most this many records, or about this many bytes, whichever comes first. */
const maxRecords = 2_000;
const maxBytes = 1_000_000;

/** What all readings of one stream in one run share: the batch being filled, the cursors, the counts. */
export interface StreamReading {
  readonly plan: PlannedStream;
  readonly children: readonly StreamReading[];
  readonly version: number | undefined;
  /** Names of properties that came but are not in the schema, those in others with `inside` between, with their number. */
  readonly unknown: ReadonlyMap<string, number>;
  /** Records that the replication key says nothing about. */
  readonly unplaced: Unplaced;
  /** No further records are wanted. */
  readonly isDone: boolean;
  /** The source says that there is no more to be had. */
  end(): void;
  /** The cursor of a partition; shared by partitions that share a bookmark. */
  cursor(partition: StreamPartition): PartitionCursor;
  /** A partition has records that were not read, though some were: what it shares is not finished. */
  breakOff(place: PartitionCursor): void;
  /** Some partition was broken off: the stream was not read whole. */
  readonly isBrokenOff: boolean;
  /** The cursors that several partitions share and that were all read, to be finished then. */
  shared(): Iterable<PartitionCursor>;
  readonly accept: RecordReader['accept'];
  /** What was not accepted is read again for children, see `CursorOptions.rereads`. */
  isReread(value: unknown, cursor: Cursor | undefined): boolean;
  /** Returns true when the batch is full. */
  add(record: JsonObject): boolean;
  /** When the oldest record of the batch was added; undefined for an empty batch. */
  readonly waitingSince: number | undefined;
  /** Takes the batch. */
  take(): RecordsItem | undefined;
}

export interface PartitionCursor {
  /** Undefined for a stream that is not INCREMENTAL or keeps its own bookmark. */
  readonly cursor: Cursor | undefined;
  /** The part of the partition that names the bookmark. */
  readonly key: StreamPartition;
  readonly isShared: boolean;
  /** The spans to read, oldest first. */
  windows(): Iterable<Partial<CursorWindow>>;
}

export interface ReadingOptions {
  readonly state: TapState;
  readonly now: () => number;
  readonly startedAt: number;
  readonly startDate: string | undefined;
  readonly maxRecords: number | undefined;
  readonly version: number | undefined;
  /** See `CursorOptions.rereads`. */
  readonly rereads: boolean;
}

export function createStreamReading(
  plan: PlannedStream,
  children: readonly StreamReading[],
  options: ReadingOptions,
): StreamReading {
  const { now } = options;
  const unknown = new Map<string, number>();
  const unplaced: Unplaced = { seen: 0, missing: 0, unreadable: 0, ahead: 0, foreign: 0 };
  const { conform, accept } = recordReader(plan, unknown, unplaced);
  const shared = new Map<string, PartitionCursor>();
  const left = options.maxRecords ?? Number.POSITIVE_INFINITY;
  let count = 0;
  let records: JsonObject[] = [];
  let bytes = 0;
  let since: number | undefined;
  let ended = false;
  const brokenOff = new Set<PartitionCursor>();

  const cursorOf = (key: StreamPartition, isShared: boolean): PartitionCursor => {
    const cursor = openCursor(plan, key, options, unplaced);
    if (cursor?.isAhead) unplaced.ahead += 1;
    if (cursor?.isForeign || (cursor !== undefined && options.state.isForeign(plan.stream.name)))
      unplaced.foreign += 1;
    return {
      cursor,
      key,
      isShared,
      windows: () => (cursor ?? wholeCursor(plan, options))?.windows() ?? [{}],
    };
  };
  return {
    plan,
    children,
    version: options.version,
    unknown,
    unplaced,
    get isDone() {
      return ended || count >= left;
    },
    end() {
      ended = true;
    },
    cursor(partition) {
      const names = plan.stream.stateKeys;
      if (names === undefined) return cursorOf(partition, false);
      const key = Object.fromEntries(Object.entries(partition).filter(([name]) => names.includes(name)));
      const text = partitionKey(key);
      const known = shared.get(text) ?? cursorOf(key, true);
      shared.set(text, known);
      return known;
    },
    breakOff: (place) => void brokenOff.add(place),
    get isBrokenOff() {
      return brokenOff.size > 0;
    },
    shared: () => [...shared.values()].filter((place) => !brokenOff.has(place)),
    accept,
    isReread: (value, cursor) => options.rereads && cursor?.isReread(conform(value)) === true,
    add(record) {
      count += 1;
      if (!plan.selected) return false;
      since ??= now();
      bytes += unlessTooDeep(plan.name, () => recordSize(record));
      return records.push(record) >= maxRecords || bytes >= maxBytes;
    },
    get waitingSince() {
      return since;
    },
    take() {
      if (records.length === 0) return undefined;
      const item: RecordsItem = {
        kind: 'records',
        stream: plan.name,
        records,
        bytes,
        timeExtracted: new Date(now()).toISOString(),
        ...(options.version === undefined ? {} : { version: options.version }),
      };
      records = [];
      bytes = 0;
      since = undefined;
      return item;
    },
  };
}

function openCursor(
  plan: PlannedStream,
  key: StreamPartition,
  options: ReadingOptions,
  unplaced: Unplaced,
): Cursor | undefined {
  const { stream, replicationKey } = plan;
  if (plan.method !== 'INCREMENTAL' || replicationKey === undefined || stream.ownBookmark) return undefined;
  return createCursor({
    ...spanOptions(plan, replicationKey, options),
    schema: plan.schema,
    // Records of partitions that share a bookmark are not in one order.
    sorted: (stream.sorted ?? false) && stream.stateKeys === undefined,
    inSourceOrder: stream.inSourceOrder,
    previous: options.state.bookmark(stream.name, key),
    rereads: options.rereads,
    onUnplaced: (reason) => {
      unplaced[reason] += 1;
    },
    overlap: stream.overlap,
    keepsOlder: stream.keepsOlder,
  });
}

/** Of a stream that is read whole, from its start date on and in its windows; it keeps nothing. */
function wholeCursor(plan: PlannedStream, options: ReadingOptions): Cursor | undefined {
  const { stream, method } = plan;
  if (method !== 'FULL_TABLE' || stream.startWhenWhole !== true || stream.replicationKey === undefined)
    return undefined;
  const span = spanOptions(plan, stream.replicationKey, options);
  return createCursor({ ...span, schema: stream.schema.json, sorted: false, previous: undefined });
}

function spanOptions(
  { name, stream }: PlannedStream,
  replicationKey: string,
  { startedAt, startDate }: ReadingOptions,
): Omit<CursorOptions, 'schema' | 'sorted' | 'previous'> {
  return {
    stream: name,
    replicationKey,
    startedAt: Math.min(startedAt, endOf(stream.endDate)),
    now: startedAt,
    startDate: stream.startDate ?? startDate,
    epoch: stream.epoch,
    timeFormats: stream.timeFormats,
    windows: stream.windows,
    granularity: stream.granularity,
  };
}

function endOf(date: string | undefined): number {
  const instant = date === undefined ? undefined : parseInstant(date);
  return instant === undefined ? Number.POSITIVE_INFINITY : Number(instant / 1_000n);
}
