import type { JsonObject } from '@meltano/foundation/json';
import { eachConcurrently } from '../concurrency.ts';

/** A stream as a sink is given it. */
export interface SinkStream {
  readonly name: string;
  /** JSON Schema of a record, with the metadata properties where these are asked for. */
  readonly schema: JsonObject;
  /** Empty when records have no key. */
  readonly keyProperties: readonly string[];
  /** The sink is opened anew because the schema changed: what the one before it wrote belongs to this run. */
  readonly again: boolean;
}

/** Facts about the records that are written together. */
export interface SinkBatch {
  /** The same for the same batch when a write is tried again: a key for requests that must not count twice. */
  readonly id: string;
  /** Counts the batches of a stream in this run, from 0. */
  readonly number: number;
  /** Approximate size as JSON text. */
  readonly bytes: number;
}

/**
 * Where the records of one stream go. Calls for one stream never overlap and keep the order of the records; those of
 * different streams do overlap. What throws ends the run, and no state is acknowledged beyond what is durable.
 */
export interface Sink {
  /** Resolves when the records are durable, or with `flush` when they are on their way. Rows must not be changed. */
  write(rows: readonly JsonObject[], batch: SinkBatch): Promise<void> | void;
  /** Makes durable all that was written; called from time to time and at the end. */
  flush?(): Promise<void> | void;
  /**
   * The schema has changed: what comes from now on has another one. Without it the sink is closed, as incomplete, and
   * another one is opened.
   */
  change?(stream: SinkStream): Promise<void> | void;
  /** Records written with an older version are stale; called after all records of this one are written. */
  activateVersion?(version: number): Promise<void> | void;
  /** The stream is over. Incomplete: the run failed or was stopped, more may come in the next. */
  close?(end: { readonly complete: boolean }): Promise<void> | void;
  /** Records count as durable only after a complete `close`, e.g. because a file takes the place of another then. */
  readonly durableAtClose?: boolean;
}

/** A `write` that takes one record at a time, some of them at once: `write: eachRecord((row) => post(row))`. */
export function eachRecord(
  work: (row: JsonObject, batch: SinkBatch) => Promise<void> | void,
  { concurrency = 1 }: { readonly concurrency?: number } = {},
): Sink['write'] {
  return (rows, batch) => eachConcurrently(rows, concurrency, async (row) => work(row, batch));
}
