import type { JsonObject } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { Setting } from '../config/setting.ts';
import type { FileEntry } from './file-entry.ts';
import type { SourceFile } from './source-file.ts';

/** What a format is given beside the file; `config` is typed, cast and complete. */
export interface FileContext<C> {
  readonly config: C;
  readonly log: Log;
  /** Aborted when the reading should end soon; what was yielded until then counts. */
  readonly signal: AbortSignal;
}

/** What is known when records are wanted. */
export interface FileReadContext<C> extends FileContext<C> {
  /** JSON Schemas of the wanted properties by name, as the catalog has them: a project may have changed types. */
  readonly properties: JsonObject;
  /** The properties that are wanted; the others need not be read. */
  readonly wanted: ReadonlySet<string>;
}

/** Some records of a file, each with the line or row on which it begins, from 1: `lines[i]` belongs to `records[i]`. */
export interface FileRecords {
  readonly records: readonly JsonObject[];
  readonly lines: readonly number[];
}

/**
 * How one file of a format is read. What is the same for all formats is done around it: finding files, gzip,
 * encodings, incremental runs, the columns of origin, selection, state. What cannot be read is said with
 * `contentError(file, { line, problem, hint })`; any other error is told with the names of file and format.
 */
export interface FileFormat<C> {
  /** JSON Schemas, by name, of what an entry of `files` says beyond what all entries do; given as `entry.options`. */
  readonly options?: JsonObject;
  /** Those of the options that every entry must have: without them it is refused before the format is asked anything. */
  readonly requiredOptions?: readonly string[];
  /** The files are no text: their entries have no encoding. */
  readonly isBinary?: boolean;
  /** The files tell no types: a column is text unless the schema of the entry gives it a type. */
  readonly untyped?: boolean;
  /** The records have exactly the wanted properties, as JSON values: nothing is checked or converted. */
  readonly exact?: boolean;
  /**
   * JSON Schemas of the properties of one file by name, in their order. Those of several files are united; one
   * that has only seen nulls says `{ type: ['null'] }`.
   */
  properties(file: SourceFile, entry: FileEntry, context: FileContext<C>): Promise<JsonObject>;
  /**
   * Properties are learned from a part of each file: the schema of an entry may have others. Says what to do when
   * a property comes late: `raise sample_records`.
   */
  readonly sampled?: string;
  /** The records of one file, some hundreds or thousands at a time. */
  read(file: SourceFile, entry: FileEntry, context: FileReadContext<C>): AsyncIterable<FileRecords>;
}

/** Settings by name. */
export type FileSettings = Readonly<Record<string, Setting<unknown>>>;
