import { type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { parseInstant } from '../schema/instant.ts';
import { readMember } from '../schema/member.ts';
import { tapError } from './errors.ts';
import { compareOrdinals, isTimeProperty, type Ordinal, replicationOrder } from './replication-value.ts';

/**
 * How far an INCREMENTAL stream has come. States: nothing seen; a greatest value seen. A sorted stream may
 * stop after any record, so its bookmark moves along; an unsorted one only when it was read to its end.
 * A bookmark never moves backwards.
 */
export interface Bookmark {
  /** The value to go on from. */
  readonly start: JsonValue | undefined;
  /** False for a record that is older than the start: an earlier run has had it. */
  admit(record: JsonObject): boolean;
  /** What may be stored now, with the stream not yet at its end. */
  current(): JsonObject | undefined;
  /** What may be stored once the stream was read to its end. */
  final(): JsonObject | undefined;
}

export interface BookmarkOptions {
  readonly stream: string;
  readonly schema: JsonObject;
  readonly replicationKey: string;
  readonly sorted: boolean;
  readonly previous: JsonObject | undefined;
  /** Time of the run's start, milliseconds since the epoch: rows that change while an unsorted stream is read may have been missed. */
  readonly startedAt: number;
}

interface Reached {
  readonly value: JsonValue;
  readonly ordinal: Ordinal;
}

export function createBookmark(options: BookmarkOptions): Bookmark {
  const { replicationKey, previous, sorted } = options;
  const order = replicationOrder(options.schema, replicationKey);
  const reach = (value: JsonValue | undefined): Reached | undefined => {
    const ordinal = order.parse(value);
    return ordinal === undefined || value === undefined ? undefined : { value, ordinal };
  };
  const sameKey = previous?.['replication_key'] === replicationKey;
  const start = sameKey ? reach(previous['replication_key_value'] ?? undefined) : undefined;
  const read = readMember<JsonValue>(replicationKey);
  let greatest: Reached | undefined;

  const stored = (reached: Reached | undefined): JsonObject | undefined =>
    reached === undefined
      ? undefined
      : { replication_key: replicationKey, replication_key_value: reached.value };

  return {
    start: start?.value,
    admit(record) {
      const seen = reach(read(record));
      if (seen === undefined) return true;
      if (start !== undefined && compareOrdinals(seen.ordinal, start.ordinal) < 0) return false;
      const step = greatest === undefined ? 1 : compareOrdinals(seen.ordinal, greatest.ordinal);
      if (step < 0 && sorted) throw notSorted(options);
      if (step > 0) greatest = seen;
      return true;
    },
    current: () => stored(sorted ? (greatest ?? start) : start),
    final: () => stored(sorted ? (greatest ?? start) : later(start, capped(greatest, options, reach))),
  };
}

function later(a: Reached | undefined, b: Reached | undefined): Reached | undefined {
  if (a === undefined || b === undefined) return b ?? a;
  return compareOrdinals(a.ordinal, b.ordinal) > 0 ? a : b;
}

/** A time beyond the run's start is cut to it. */
function capped(
  greatest: Reached | undefined,
  { schema, replicationKey, startedAt }: BookmarkOptions,
  reach: (value: JsonValue) => Reached | undefined,
): Reached | undefined {
  if (greatest === undefined || !isTimeProperty(schema, replicationKey)) return greatest;
  const seen = typeof greatest.value === 'string' ? parseInstant(greatest.value) : undefined;
  if (seen === undefined || seen <= BigInt(startedAt) * 1_000n) return greatest;
  return reach(new Date(startedAt).toISOString());
}

function notSorted({ stream, replicationKey }: BookmarkOptions) {
  return tapError('not_sorted', {
    message: `Stream ${stream} says that it is sorted by "${replicationKey}", but a record came after a greater one`,
    hint: `declare the stream without "sorted", or sort it at the source`,
    details: { stream, replicationKey },
  });
}

/** True when two bookmarks are the same text. */
export function sameBookmark(a: JsonObject | undefined, b: JsonObject | undefined): boolean {
  return stringifyJson(a ?? null) === stringifyJson(b ?? null);
}
