import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { isJsonObject } from '@meltano/foundation/json';
import type { RecordsItem } from '../connector.ts';
import { parseInstant } from '../schema/instant.ts';
import { setMember } from '../schema/member.ts';
import { createConform } from './conform.ts';
import { type Cursor, createCursor } from './cursor.ts';
import { tapError } from './errors.ts';
import { type PlannedStream, propertyNames } from './plan-stream.ts';
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
  /** Names of properties that came but are not in the schema, with their number. */
  readonly unknown: ReadonlyMap<string, number>;
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
  /** Makes a record of what the stream yielded; undefined for one that an earlier run has had. */
  accept(value: unknown, partition: StreamPartition, cursor: Cursor | undefined): JsonObject | undefined;
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
}

export interface ReadingOptions {
  readonly state: TapState;
  readonly now: () => number;
  readonly startedAt: number;
  readonly startDate: string | undefined;
  readonly maxRecords: number | undefined;
  readonly version: number | undefined;
}

export function createStreamReading(
  plan: PlannedStream,
  children: readonly StreamReading[],
  options: ReadingOptions,
): StreamReading {
  const { now } = options;
  const unknown = new Map<string, number>();
  const accept = recordReader(plan, unknown);
  const shared = new Map<string, PartitionCursor>();
  const left = options.maxRecords ?? Number.POSITIVE_INFINITY;
  let count = 0;
  let records: JsonObject[] = [];
  let bytes = 0;
  let since: number | undefined;
  let ended = false;
  const brokenOff = new Set<PartitionCursor>();

  const cursorOf = (key: StreamPartition, isShared: boolean): PartitionCursor => ({
    cursor: openCursor(plan, key, options),
    key,
    isShared,
  });
  return {
    plan,
    children,
    version: options.version,
    unknown,
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

function openCursor(plan: PlannedStream, key: StreamPartition, options: ReadingOptions): Cursor | undefined {
  const { stream, replicationKey } = plan;
  if (plan.method !== 'INCREMENTAL' || replicationKey === undefined || stream.ownBookmark) return undefined;
  return createCursor({
    stream: plan.name,
    schema: plan.schema,
    replicationKey,
    // Records of partitions that share a bookmark are not in one order.
    sorted: (stream.sorted ?? false) && stream.stateKeys === undefined,
    inSourceOrder: stream.inSourceOrder,
    previous: options.state.bookmark(stream.name, key),
    startedAt: Math.min(options.startedAt, endOf(stream.endDate)),
    startDate: stream.startDate ?? options.startDate,
    epoch: stream.epoch,
    overlap: stream.overlap,
    windows: stream.windows,
  });
}

function endOf(date: string | undefined): number {
  const instant = date === undefined ? undefined : parseInstant(date);
  return instant === undefined ? Number.POSITIVE_INFINITY : Number(instant / 1_000n);
}

/** Counts what the tap's own schema does not have in `unknown`; what is only deselected goes without a word. */
function recordReader(plan: PlannedStream, unknown: Map<string, number>): StreamReading['accept'] {
  const { stream } = plan;
  const asItIs = stream.exact === true && plan.whole && plan.unwanted.size === 0;
  const own = new Set([...propertyNames(stream.schema.json), ...propertyNames(plan.schema)]);
  const count = (name: string) => {
    if (!own.has(name)) unknown.set(name, (unknown.get(name) ?? 0) + 1);
  };
  const conform = asItIs
    ? (value: unknown) => value as JsonObject
    : createConform(plan.schema, { onUnknown: count, unwanted: plan.unwanted });
  const properties = new Set(propertyNames(plan.schema));
  const added = (partition: StreamPartition) =>
    Object.entries(partition).filter(([name]) => properties.has(name));
  let last: StreamPartition = {};
  let members: readonly (readonly [string, JsonValue])[] = [];
  return (value, partition, cursor) => {
    const record = unlessTooDeep(plan.name, () => conform(value));
    if (!asItIs && !isJsonObject(record)) throw notARecord(plan.name, value);
    if (partition !== last) {
      last = partition;
      members = added(partition);
    }
    for (const [name, member] of members)
      if (record[name] === undefined) setMember(record as never, name, member);
    return cursor === undefined || cursor.admit(record) ? record : undefined;
  };
}

/** Whoever walks through a record does so by recursion; the host's own error names no stream. */
function unlessTooDeep<T>(stream: string, walk: () => T): T {
  try {
    return walk();
  } catch (error) {
    if (!(error instanceof RangeError && error.message.includes('call stack'))) throw error;
    throw tapError('invalid_record', {
      message: `Stream ${stream} yielded a record that is nested too deeply`,
      hint: 'leave the property out with `meltano select`, or let the tap make a text of it',
      details: { stream },
      cause: error,
    });
  }
}

function notARecord(stream: string, value: unknown) {
  return tapError('invalid_record', {
    message: `Stream ${stream} yielded ${value === null ? 'null' : `a ${typeof value}`} instead of a record`,
    details: { stream },
  });
}
