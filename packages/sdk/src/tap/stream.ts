import type { Clock } from '@meltano/foundation/clock';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { ReplicationMethod } from '@meltano/singer/catalog';
import type { Schema } from '../schema/schema.ts';
import type { Epoch } from './time-scale.ts';

/**
 * What one reading of a stream is about, e.g. `{ org: 'a' }`: one of the stream's partitions, or what a record
 * of the parent stream gave. It becomes part of the state and of the records, so it holds no secret. A stream
 * without partitions and parents has the empty context.
 */
export type StreamPartition = JsonObject;

/** What a stream is given when it is read. */
export interface StreamContext {
  readonly log: Log;
  readonly clock: Clock;
  /** Aborted when the stream should end soon; what was yielded until then counts. */
  readonly signal: AbortSignal;
  readonly replicationMethod: ReplicationMethod;
  /** The property that the catalog, or the stream itself, makes the replication key; undefined unless INCREMENTAL. */
  readonly replicationKey: string | undefined;
  readonly partition: StreamPartition;
  /**
   * Where to go on: the last value of the replication key, less the stream's `overlap`, or the tap's start date.
   * Records equal to it are read again (`>=`), older ones are left out for the stream, unless `keepsOlder`.
   */
  readonly start: JsonValue | undefined;
  /** Where the window that is read ends, for a stream with `windows`; records at it or after it need not come. */
  readonly end: JsonValue | undefined;
  /** The stream's whole bookmark of the last run, for a stream that keeps more than one value. */
  readonly bookmark: JsonObject | undefined;
  /** The schema as the catalog wants it: a project may have changed types, and only selected properties are left. */
  readonly schema: JsonObject;
  /** Top-level properties that are wanted; the others need not be read. */
  readonly columns: readonly string[];
  /** No more records than this are wanted of the stream in this run. */
  readonly maxRecords: number | undefined;
  /** No further partitions or windows are read of the stream in this run; what was yielded counts. */
  endStream(): void;
  /**
   * The rest of this partition, or of this window of it, cannot be read, and the stream ends this reading here. The
   * bookmark stays before what is missing, though further windows are read: before this window, or after the last
   * record in order for a sorted stream. What was yielded counts.
   */
  breakOff(): void;
  /**
   * Replaces the bookmark by one of the stream's own; it covers all that was yielded before the call. For
   * streams whose progress is more than the greatest value of a column.
   */
  saveBookmark(bookmark: JsonObject): void;
}

/** Reads a stream once for each record of another. */
export interface ParentLink {
  /** Name of the parent in the same tap. */
  readonly stream: string;
  /** The child needs every record of the parent, so the parent is read whole whenever this child is selected. */
  readonly allRecords?: boolean;
  /**
   * What the child is read with, worked out from a record as the parent yielded it: one partition, several, or
   * none, in which case the child is not read for it. It is made part of the state: keep to ids.
   */
  partition(
    record: JsonObject,
    parent: StreamPartition,
  ): StreamPartition | readonly StreamPartition[] | undefined;
}

export interface StreamDefinition<R> {
  /** Unique in the tap: the id in catalogs, the name in messages, the key in state. */
  readonly name: string;
  readonly schema: Schema<R>;
  readonly keys?: readonly string[];
  /** Property whose greatest value is the bookmark; makes the stream INCREMENTAL. */
  readonly replicationKey?: string;
  /** Properties that a catalog may choose as replication key. Default: just `replicationKey`. */
  readonly validReplicationKeys?: readonly string[];
  /** The records come in ascending order of the replication key: progress is kept even when a run is broken off. */
  readonly sorted?: boolean;
  /**
   * The records come in the source's own order of the replication key, from `start` on. Its texts are not compared here:
   * the last one is the bookmark, none is left out. For databases, whose order of texts, and of exact numbers sent as
   * texts, is not ours. Goes with `sorted`.
   */
  readonly inSourceOrder?: boolean;
  /** The replication key is a number that counts since the epoch, so that start date, overlap and windows apply. */
  readonly epoch?: Epoch;
  /**
   * How the times of the replication key are written where that is not RFC 3339, so that start date, overlap and
   * windows apply: formats of `strftime`, such as `%d/%m/%Y`, and `%s`, `%s_as_float`, `%ms`, `%epoch_microseconds`. The
   * first that fits reads a value; `start` and the ends of windows are written in the first. In place of `epoch`.
   */
  readonly timeFormats?: readonly string[];
  /** Read again what changed within so many milliseconds before the bookmark: for sources that show changes late. */
  readonly overlap?: number;
  /**
   * The span between the bookmark and now is read in windows of so many milliseconds, oldest first, each finished
   * before the next: a stream that is not sorted keeps its progress, too. Needs a replication key that is a time. A
   * function tells where the window ends that begins at a moment, both in milliseconds: for months.
   */
  readonly windows?: number | ((start: number) => number);
  /**
   * The source takes ends of windows to be part of them, and its times are multiples of so many milliseconds: each
   * window but the last ends so much before the next begins. Without it a record at the border is read twice.
   */
  readonly granularity?: number;
  /**
   * Also where the stream is read whole, as FULL_TABLE or for all records of a parent, it begins at its start date and is
   * read in its windows: for sources that want to be told a time.
   */
  readonly startWhenWhole?: boolean;
  /**
   * Records older than `start` are sent, too. For sources that select by another time than the replication key; such a
   * record may be sent in each run.
   */
  readonly keepsOlder?: boolean;
  /** Where the stream begins in place of the tap's start date; a time as in RFC 3339. */
  readonly startDate?: string;
  /** Nothing later is wanted: windows end here. Default: now. */
  readonly endDate?: string;
  /**
   * The stream calls `saveBookmark` and leaves out itself what an earlier run has had. Without it, the bookmark
   * is the greatest value of the replication key, and older records are left out for the stream.
   */
  readonly ownBookmark?: boolean;
  /** The source's log of changes is read (LOG_BASED); the stream keeps a bookmark of its own. */
  readonly logBased?: boolean;
  /** The stream, or the streams, whose records say how often and with what this one is read. */
  readonly parents?: readonly ParentLink[];
  /**
   * The stream is read once for each of these; below parents, for each of these together with each that comes from a
   * record of theirs. Gone through anew for each, and never held as a whole: a generator of many is fine.
   */
  readonly partitions?: Iterable<StreamPartition> | (() => Promise<Iterable<StreamPartition>>);
  /**
   * Members of a partition that name its bookmark in the state. Default: all. With fewer, partitions share a
   * bookmark, which then moves only when all of them were read; with none the stream has a single one. The cure for
   * states that grow large: each bookmark takes about 100 bytes.
   */
  readonly stateKeys?: readonly string[];
  readonly selectedByDefault?: boolean;
  /** The records have exactly the members of the schema, as JSON values: nothing is checked or converted. */
  readonly exact?: boolean;
  /** More metadata of the stream in the catalog, e.g. `schema-name`. */
  readonly metadata?: JsonObject;
  /**
   * Yields records one by one or in arrays; arrays are faster. Called once per run, partition and window. Members
   * of the partition that the schema has, and that a record lacks, are added to the record.
   */
  records(context: StreamContext): AsyncIterable<R | readonly R[]> | Iterable<R | readonly R[]>;
}

/** A stream whose record type is known only to its own definition. */
export interface Stream extends Omit<StreamDefinition<JsonObject>, 'records'> {
  records(context: StreamContext): AsyncIterable<unknown> | Iterable<unknown>;
}

/** Declares a stream; the record's static type is that of its schema. */
export function defineStream<R>(definition: StreamDefinition<R>): Stream {
  return definition as unknown as Stream;
}

/**
 * A stream that is still to be bound to its name and to what the tap knows when it is opened: what `rest(…)` and
 * `graphql(…)` make.
 */
export type StreamTemplate<Source> = (name: string, source: Source) => Stream;
