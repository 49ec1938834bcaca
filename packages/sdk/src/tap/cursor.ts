import { type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { parseInstant } from '../schema/instant.ts';
import { readMember } from '../schema/member.ts';
import { tapError } from './errors.ts';
import { compareOrdinals, haveOrder, type Ordinal, replicationOrder } from './replication-value.ts';
import { type Epoch, type TimeScale, timeScale } from './time-scale.ts';

/**
 * How far an INCREMENTAL stream, or one of its partitions, has come. States: nothing seen; a greatest value seen;
 * windows finished. A sorted stream may stop after any record, so its bookmark moves along; one that is read in
 * windows may stop after each of them; any other only when it was read to its end. A bookmark never moves
 * backwards, and never more than a day beyond the run's start: one wrong year would keep all later records out.
 */
export interface Cursor {
  /** The bookmark of the last run lies more than a day after the beginning of this one. */
  readonly isAhead: boolean;
  /** There is a bookmark, but not of this replication key, so that nothing of it counts. */
  readonly isForeign: boolean;
  /** The value to go on from. */
  readonly start: JsonValue | undefined;
  /** The spans to read, oldest first; a single one without end where the stream has no windows. */
  windows(): Iterable<CursorWindow>;
  /** False for a record that is older than the start: an earlier run has had it. */
  admit(record: JsonObject): boolean;
  /** Of a record that was not admitted: it is wanted all the same where older ones are read again, see `rereads`. */
  isReread(record: JsonObject): boolean;
  /** All records before the window's end were read. */
  finish(window: CursorWindow): void;
  /** What may be stored now, with the stream not yet at its end. */
  current(): JsonObject | undefined;
  /** What may be stored once the stream was read to its end. */
  final(): JsonObject | undefined;
}

export interface CursorWindow {
  readonly start: JsonValue | undefined;
  readonly end: JsonValue | undefined;
  /** Where the next window begins; `end` may lie before it, see `StreamDefinition.granularity`. */
  readonly until?: JsonValue | undefined;
}

export interface CursorOptions {
  readonly stream: string;
  readonly schema: JsonObject;
  readonly replicationKey: string;
  readonly sorted: boolean;
  readonly previous: JsonObject | undefined;
  /** See `StreamDefinition.inSourceOrder`. */
  readonly inSourceOrder?: boolean | undefined;
  /** Time of the run's start, milliseconds since the epoch: rows that change while an unsorted stream is read may have been missed. */
  readonly startedAt: number;
  /** The replication key is a number that counts since the epoch. */
  readonly epoch?: Epoch | undefined;
  /** See `StreamDefinition.timeFormats`. */
  readonly timeFormats?: readonly string[] | undefined;
  /** What lies before the bookmark is read again, though not admitted: children need it that were not read before. */
  readonly rereads?: boolean | undefined;
  /** Told of each record that has no place in the order: it has no value, or, in a column of times, one that is none. */
  onUnplaced?: ((reason: 'missing' | 'unreadable') => void) | undefined;
  /** When the run began; `startedAt` may lie before it. Default: `startedAt`. */
  readonly now?: number | undefined;
  /** Nothing older is wanted; counts for replication keys that are times. */
  readonly startDate?: string | undefined;
  /** Milliseconds, see `StreamDefinition`. */
  readonly overlap?: number | undefined;
  readonly windows?: number | ((start: number) => number) | undefined;
  readonly granularity?: number | undefined;
  /** See `StreamDefinition.keepsOlder`. */
  readonly keepsOlder?: boolean | undefined;
}

interface Reached {
  readonly value: JsonValue;
  readonly ordinal: Ordinal;
}

export function createCursor(options: CursorOptions): Cursor {
  const { replicationKey, previous, sorted, windows, startedAt, inSourceOrder = false } = options;
  const { rereads = false, onUnplaced = () => {}, granularity = 0, keepsOlder = false } = options;
  const order = replicationOrder(options.schema, replicationKey, options.timeFormats);
  const reach = (value: JsonValue | undefined): Reached | undefined => {
    const ordinal = order.parse(value);
    return ordinal === undefined || value === undefined ? undefined : { value, ordinal };
  };
  const sameKey = previous?.['replication_key'] === replicationKey;
  const before = sameKey ? reach(previous['replication_key_value'] ?? undefined) : undefined;
  const scale = timeScale(options.schema, replicationKey, {
    epoch: options.epoch,
    formats: options.timeFormats,
  });
  // Whatever is no time would be later, or earlier, than all records.
  if (before !== undefined && scale !== undefined && scale.toMs(before.value) === undefined)
    throw invalidBookmark(options, before.value);
  const earliest = reach(onScale(options.startDate, scale));
  /** Older records were had. */
  const fence = later(reach(less(before?.value, options.overlap, scale)), earliest);
  const start = rereads ? earliest : fence;
  const isBeyond = horizonOf((options.now ?? startedAt) + day, scale);
  const read = readMember<JsonValue>(replicationKey);
  let isOrderKnown = scale !== undefined || inSourceOrder;
  /** Seen, for the order of a sorted stream; the greatest that may be a bookmark. */
  let last: Reached | undefined;
  let greatest: Reached | undefined;
  let finished: Reached | undefined;

  const stored = (reached: Reached | undefined): JsonObject | undefined =>
    reached === undefined
      ? undefined
      : { replication_key: replicationKey, replication_key_value: reached.value };

  return {
    isAhead: before !== undefined && isBeyond(before),
    isForeign: before === undefined && tellsOfPlace(previous, sameKey),
    start: start?.value,
    *windows() {
      let from = scale?.toMs(start?.value);
      if (windows === undefined || scale === undefined || from === undefined) {
        yield { start: start?.value, end: undefined };
        return;
      }
      let value: JsonValue | undefined = start?.value;
      do {
        const whole = typeof windows === 'number' ? from + windows : windows(from);
        const until = Math.min(whole, Math.max(startedAt, from));
        const next = scale.fromMs(until);
        const isLast = until >= startedAt;
        const end = isLast ? next : scale.fromMs(Math.max(from, until - granularity));
        yield { start: value, end, until: next };
        from = until;
        value = next;
      } while (from < startedAt);
    },
    admit(record) {
      const seen = reach(read(record));
      if (seen === undefined) {
        onUnplaced('missing');
        return true;
      }
      // What is no time in a column of times, such as a database's infinity, has no place in their order.
      if (scale !== undefined && !scale.has(seen.ordinal)) {
        if (!isInfinite(seen.value)) onUnplaced('unreadable');
        return true;
      }
      if (inSourceOrder && seen.ordinal.kind === 'text') {
        if (!isInfinite(seen.value)) greatest = seen;
        return true;
      }
      if (!isOrderKnown) assertOrder(options, seen.value);
      isOrderKnown = true;
      if (fence !== undefined && isBefore(seen, fence)) return keepsOlder;
      const step = last === undefined ? 1 : compareOrdinals(seen.ordinal, last.ordinal);
      if (step < 0 && sorted) throw notSorted(options);
      if (step <= 0) return true;
      last = seen;
      if (!sorted || !isBeyond(seen)) greatest = seen;
      return true;
    },
    isReread(record) {
      const seen = reach(read(record));
      return rereads && seen !== undefined && (earliest === undefined || !isBefore(seen, earliest));
    },
    finish({ end, until = end }) {
      if (until !== undefined) finished = later(finished, reach(until));
    },
    current() {
      if (inSourceOrder) return stored(greatest ?? before);
      return stored(later(before, sorted ? greatest : finished));
    },
    final() {
      if (inSourceOrder) return stored(greatest ?? before);
      if (sorted) return stored(later(before, greatest));
      return stored(later(before, finished ?? capped(greatest, startedAt, scale, reach)));
    },
  };
}

const day = 86_400_000;

/** The empty one says that the stream was read; one whose value is null, that there was none yet. */
function tellsOfPlace(previous: JsonObject = {}, sameKey: boolean): boolean {
  const { replication_key: _, replication_key_value: value, ...others } = previous;
  return (value ?? null) !== null || (!sameKey && Object.keys(others).length > 0);
}

/** Tells moments that lie beyond one in milliseconds. */
function horizonOf(ms: number, scale: TimeScale | undefined): (reached: Reached) => boolean {
  if (scale === undefined) return () => false;
  const micros = BigInt(Math.floor(ms)) * 1_000n;
  return ({ value, ordinal }) =>
    ordinal.kind === 'instant' ? ordinal.value > micros : (scale.toMs(value) ?? 0) > ms;
}

function isBefore(a: Reached, b: Reached): boolean {
  return haveOrder(a.ordinal, b.ordinal) && compareOrdinals(a.ordinal, b.ordinal) < 0;
}

/** A database's infinite time, sent as text: nothing would ever come after it. */
function isInfinite(value: JsonValue): boolean {
  return value === 'infinity' || value === '-infinity';
}

function later(a: Reached | undefined, b: Reached | undefined): Reached | undefined {
  if (a === undefined || b === undefined) return b ?? a;
  return compareOrdinals(b.ordinal, a.ordinal) > 0 ? b : a;
}

function onScale(text: string | undefined, scale: TimeScale | undefined): JsonValue | undefined {
  const instant = text === undefined ? undefined : parseInstant(text);
  if (instant === undefined || scale === undefined) return undefined;
  return scale.isWrittenOtherwise === true ? scale.fromMs(Number(instant / 1_000n)) : text;
}

/** A time some milliseconds earlier; anything else stays as it is. */
function less(
  value: JsonValue | undefined,
  overlap: number | undefined,
  scale: TimeScale | undefined,
): JsonValue | undefined {
  const ms = overlap === undefined ? undefined : scale?.toMs(value);
  return ms === undefined ? value : scale?.fromMs(ms - (overlap ?? 0));
}

/** A time beyond the run's start is cut to it. */
function capped(
  greatest: Reached | undefined,
  startedAt: number,
  scale: TimeScale | undefined,
  reach: (value: JsonValue) => Reached | undefined,
): Reached | undefined {
  const ms = scale?.toMs(greatest?.value);
  if (scale === undefined || ms === undefined || ms < startedAt) return greatest;
  const limit = reach(scale.fromMs(startedAt));
  return greatest !== undefined && limit !== undefined && compareOrdinals(greatest.ordinal, limit.ordinal) > 0
    ? limit
    : greatest;
}

/** As text 31.12.2023 comes after 01.01.2024: records would be taken for old, and never be sent (Invariant 4). */
const dayOrNameFirst = /^(?:\d{1,2}([./-])\d{1,2}\1\d{2,4}\b|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )/i;

function assertOrder({ stream, replicationKey }: CursorOptions, value: JsonValue): void {
  if (typeof value !== 'string' || !dayOrNameFirst.test(value)) return;
  throw tapError('unordered_replication_key', {
    message: `The replication key "${replicationKey}" of stream ${stream} holds times that do not begin with the year, so that their texts are not in their order`,
    hint: "say how they are written: timeFormats: ['%d/%m/%Y'] (in a manifest time_formats), or choose another replication key",
    details: { stream, replicationKey },
  });
}

function invalidBookmark({ stream, replicationKey }: CursorOptions, value: JsonValue) {
  return tapError('invalid_bookmark', {
    message: `The bookmark of stream ${stream} is ${stringifyJson(value)}, which is no time, although "${replicationKey}" is one`,
    hint: 'correct the state with `meltano state edit` or clear it with `meltano state clear`, then run again',
    details: { stream, replicationKey },
  });
}

function notSorted({ stream, replicationKey }: CursorOptions) {
  return tapError('not_sorted', {
    message: `Stream ${stream} says that it is sorted by "${replicationKey}", but a record came after a greater one`,
    hint: `declare the stream without "sorted", or sort it at the source`,
    details: { stream, replicationKey },
  });
}
