import { type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { parseInstant } from '../schema/instant.ts';
import { readMember } from '../schema/member.ts';
import { tapError } from './errors.ts';
import { compareOrdinals, type Ordinal, replicationOrder } from './replication-value.ts';
import { type Epoch, type TimeScale, timeScale } from './time-scale.ts';

/**
 * How far an INCREMENTAL stream, or one of its partitions, has come. States: nothing seen; a greatest value seen;
 * windows finished. A sorted stream may stop after any record, so its bookmark moves along; one that is read in
 * windows may stop after each of them; any other only when it was read to its end. A bookmark never moves
 * backwards.
 */
export interface Cursor {
  /** The value to go on from. */
  readonly start: JsonValue | undefined;
  /** The spans to read, oldest first; a single one without end where the stream has no windows. */
  windows(): Iterable<CursorWindow>;
  /** False for a record that is older than the start: an earlier run has had it. */
  admit(record: JsonObject): boolean;
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
  /** Nothing older is wanted; counts for replication keys that are times. */
  readonly startDate?: string | undefined;
  /** Milliseconds, see `StreamDefinition`. */
  readonly overlap?: number | undefined;
  readonly windows?: number | undefined;
}

interface Reached {
  readonly value: JsonValue;
  readonly ordinal: Ordinal;
}

export function createCursor(options: CursorOptions): Cursor {
  const { replicationKey, previous, sorted, windows, startedAt, inSourceOrder = false } = options;
  const order = replicationOrder(options.schema, replicationKey);
  const reach = (value: JsonValue | undefined): Reached | undefined => {
    const ordinal = order.parse(value);
    return ordinal === undefined || value === undefined ? undefined : { value, ordinal };
  };
  const sameKey = previous?.['replication_key'] === replicationKey;
  const before = sameKey ? reach(previous['replication_key_value'] ?? undefined) : undefined;
  const scale = timeScale(options.schema, replicationKey, options.epoch);
  // Whatever is no time would be later, or earlier, than all records.
  if (before !== undefined && scale !== undefined && scale.toMs(before.value) === undefined)
    throw invalidBookmark(options, before.value);
  const earliest = reach(onScale(options.startDate, scale));
  const start = later(reach(less(before?.value, options.overlap, scale)), earliest);
  const read = readMember<JsonValue>(replicationKey);
  let greatest: Reached | undefined;
  let finished: Reached | undefined;

  const stored = (reached: Reached | undefined): JsonObject | undefined =>
    reached === undefined
      ? undefined
      : { replication_key: replicationKey, replication_key_value: reached.value };

  return {
    start: start?.value,
    *windows() {
      let from = scale?.toMs(start?.value);
      if (windows === undefined || scale === undefined || from === undefined) {
        yield { start: start?.value, end: undefined };
        return;
      }
      let value: JsonValue | undefined = start?.value;
      do {
        const until = Math.min(from + windows, Math.max(startedAt, from));
        const end = scale.fromMs(until);
        yield { start: value, end };
        from = until;
        value = end;
      } while (from < startedAt);
    },
    admit(record) {
      const seen = reach(read(record));
      // What is no time in a column of times, such as a database's infinity, has no place in their order.
      if (seen === undefined || (scale !== undefined && seen.ordinal.kind === 'text')) return true;
      if (inSourceOrder && seen.ordinal.kind === 'text') {
        if (!isInfinite(seen.value)) greatest = seen;
        return true;
      }
      if (start !== undefined && compareOrdinals(seen.ordinal, start.ordinal) < 0) return false;
      const step = greatest === undefined ? 1 : compareOrdinals(seen.ordinal, greatest.ordinal);
      if (step < 0 && sorted) throw notSorted(options);
      if (step > 0) greatest = seen;
      return true;
    },
    finish({ end }) {
      if (end !== undefined) finished = later(finished, reach(end));
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
  return typeof scale.fromMs(0) === 'number' ? scale.fromMs(Number(instant / 1_000n)) : text;
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
