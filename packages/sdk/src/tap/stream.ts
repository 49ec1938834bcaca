import type { Clock } from '@meltano/foundation/clock';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { ReplicationMethod } from '@meltano/singer/catalog';
import type { Schema } from '../schema/schema.ts';

/** What a stream is given when it is read. */
export interface StreamContext {
  readonly log: Log;
  readonly clock: Clock;
  /** Aborted when the stream should end soon; what was yielded until then counts. */
  readonly signal: AbortSignal;
  readonly replicationMethod: ReplicationMethod;
  /** Where to go on: the last value of the replication key. Records equal to it are read again (`>=`). */
  readonly start: JsonValue | undefined;
  /** The stream's whole bookmark of the last run, for a stream that keeps more than one value. */
  readonly bookmark: JsonObject | undefined;
  /** The schema as the catalog wants it: a project may have changed types, and only selected properties are left. */
  readonly schema: JsonObject;
  /** Top-level properties that are wanted; the others need not be read. */
  readonly columns: readonly string[];
  /**
   * Replaces the bookmark by one of the stream's own; it covers all that was yielded before the call. For
   * streams whose progress is more than the greatest value of a column.
   */
  saveBookmark(bookmark: JsonObject): void;
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
   * The stream calls `saveBookmark` and leaves out itself what an earlier run has had. Without it, the bookmark
   * is the greatest value of the replication key, and older records are left out for the stream.
   */
  readonly ownBookmark?: boolean;
  readonly selectedByDefault?: boolean;
  /** The records have exactly the members of the schema, as JSON values: nothing is checked or converted. */
  readonly exact?: boolean;
  /** More metadata of the stream in the catalog, e.g. `schema-name`. */
  readonly metadata?: JsonObject;
  /** Yields records one by one or in arrays; arrays are faster. Called once per run. */
  records(context: StreamContext): AsyncIterable<R | readonly R[]>;
}

/** A stream whose record type is known only to its own definition. */
export interface Stream extends Omit<StreamDefinition<JsonObject>, 'records'> {
  records(context: StreamContext): AsyncIterable<unknown>;
}

/** Declares a stream; the record's static type is that of its schema. */
export function defineStream<R>(definition: StreamDefinition<R>): Stream {
  return definition as unknown as Stream;
}
