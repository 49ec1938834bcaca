import type { Clock } from '@meltano/foundation/clock';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { Catalog } from '@meltano/singer/catalog';
import type { SchemaMessage } from '@meltano/singer/message';

/**
 * The contract of a connector inside a process: the engine speaks it, `sdk/host` turns the same value into a
 * Singer program, and the suites of `sdk/testing` check it.
 *
 * The calling protocol of one link between a tap and a target:
 *
 * 1. `tap.open(...)` and `target.open(...)`, in any order. Both may throw `AppError`s of category `invalid`
 *    (bad settings) or `environment` (cannot connect).
 * 2. The engine takes the best lane that the tap offers and the target accepts, and calls
 *    `target.load(tap.read(lane), { acknowledge })` once.
 * 3. The target pulls item after item: what it has not asked for is not read from the source, so memory
 *    stays within the batches in flight (Invariant 9).
 * 4. When everything before a `state` item is durable, the target calls `acknowledge(state)` (Invariant 1).
 *    It may skip states and acknowledge only the newest that is covered. At the end of the input it makes
 *    all durable, acknowledges the last state, and `load` resolves.
 * 5. `close()` on both, whatever happened. After an aborted signal, `read` ends as soon as it can after a
 *    last `state` item, so that `load` can finish what it has.
 */
export type Connector = Tap | Target | Mapper;

/** How data travels between a tap and a target in one process, best first when offered. */
export type Lane = 'record';

export interface ConnectorAbout {
  /** The Hub's name, e.g. `tap-csv`. */
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  /** The settings in the shape of a Hub plugin definition, from which `definition.json` is generated. */
  readonly settings: readonly JsonObject[];
  readonly settingsGroupValidation?: readonly (readonly string[])[];
  /** Other top-level members of the Hub definition (`dialect`, `target_schema`, `docs`, …). */
  readonly definition?: JsonObject;
}

/** What a connector is given when it is opened. Settings arrive nested, cast, and without nulls. */
export interface ConnectorContext {
  readonly config: JsonObject;
  readonly log: Log;
  readonly clock: Clock;
  /**
   * Aborted when the connector should stop after what it has begun. For a target it also says that its input
   * ends incomplete (the run is stopped, the source failed): what came is loaded, but what only a whole input
   * allows, such as replacing a table, is left undone.
   */
  readonly signal: AbortSignal;
  /** How HTTP requests are made; the host's own when absent. Tests put a recording in its place. */
  readonly fetch?: typeof fetch;
  /** Where credentials that change by themselves, such as rotated refresh tokens, outlive the run. */
  readonly tokens?: TokenStore;
  /** Hides texts wherever the log, an error or a recording would show them, from now on (Invariant 5). */
  readonly hide?: (...texts: readonly string[]) => void;
  /** The run reads everything from the beginning, although there may be a state. */
  readonly fullRefresh?: boolean;
  /** For a target: whether the tap goes on from a state, so that it may send only what is new. Absent: not known. */
  readonly continues?: boolean;
}

/** Keeps secrets between runs. A save that fails must throw: the old token may no longer be valid. */
export interface TokenStore {
  load(name: string): Promise<string | undefined>;
  save(name: string, value: string): Promise<void>;
}

export interface Tap {
  readonly kind: 'tap';
  readonly about: ConnectorAbout;
  discover(context: ConnectorContext): Promise<Catalog>;
  open(context: TapContext): Promise<OpenTap>;
}

export interface TapContext extends ConnectorContext {
  /** The catalog with selection applied; without one the tap reads all that its own rules select by default. */
  readonly catalog?: Catalog;
  /** The `value` of the last acknowledged STATE. */
  readonly state?: JsonValue;
  /** At most so many records of each stream are wanted; streams that are cut off do not move their bookmarks. */
  readonly maxRecords?: number;
  /** Overrides how many streams and partitions are read at a time; with 1 the order is the same in every run. */
  readonly concurrency?: number;
}

export interface OpenTap {
  /** Best first; never empty. */
  readonly lanes: readonly Lane[];
  /** May be called once. Ends when all selected streams are read, or after an abort. */
  read(lane: 'record'): AsyncIterable<RecordItem>;
  close(): Promise<void>;
}

/** An item of the record lane. Order means the same as the order of lines in the Singer protocol. */
export type RecordItem =
  | SchemaItem
  | RecordsItem
  | StateItem
  | ActivateVersionItem
  | {
      readonly kind: 'other' /** A message the lane has no name for, as it came. */;
      readonly body: JsonObject;
    };

export interface SchemaItem extends Omit<SchemaMessage, 'type'> {
  readonly kind: 'schema';
  /**
   * The stream is read only below what is new of a parent: what comes is never the whole of it, although it has no
   * bookmark of its own. Not part of the Singer message.
   */
  readonly partial?: boolean;
}

/** Some hundreds of records of one stream, at most about 2,000 and about 1 MB. Records are plain objects. */
export interface RecordsItem {
  readonly kind: 'records';
  readonly stream: string;
  readonly records: readonly JsonObject[];
  /** Approximate size as Singer text, for reports and rates. */
  readonly bytes: number;
  readonly timeExtracted?: string;
  readonly version?: number;
  /** How many NaN and Infinity, which JSON does not have, were read as null; a target tells of them. */
  readonly notNumbers?: number;
}

export interface StateItem {
  readonly kind: 'state';
  readonly value: JsonValue;
}

export interface ActivateVersionItem {
  readonly kind: 'activate-version';
  readonly stream: string;
  readonly version: number;
}

export interface Target {
  readonly kind: 'target';
  readonly about: ConnectorAbout;
  open(context: ConnectorContext): Promise<OpenTarget>;
}

export interface OpenTarget {
  readonly accepts: readonly Lane[];
  /** Loads everything and resolves when all is durable. Rejects with an `AppError` when it cannot go on. */
  load(items: AsyncIterable<RecordItem>, options: LoadOptions): Promise<LoadReport>;
  close(): Promise<void>;
}

export interface LoadOptions {
  /** To be called only after everything before the state is durable (Invariant 1). Awaited by the target. */
  acknowledge(state: JsonValue): Promise<void>;
  /** Something a person should see in the report: a column added, a value refused. */
  notice?(notice: LoadNotice): void;
}

export type LoadNotice =
  | {
      readonly kind: 'schema-change';
      readonly stream: string;
      readonly change: 'table-created' | 'column-added' | 'column-widened';
      readonly table: string;
      readonly column?: string;
      readonly type?: string;
    }
  | { readonly kind: 'refused'; readonly stream: string; readonly count: number; readonly reason: string };

/** Per stream: records durable at the end, and records refused with a reason (Invariant 4). */
export interface LoadReport {
  readonly streams: ReadonlyMap<string, StreamLoad>;
}

export interface StreamLoad {
  readonly loaded: number;
  /** Records that were left out, those put into quarantine among them. */
  readonly refused: number;
  /** Records that can be looked at where the target puts what it refuses. */
  readonly quarantined?: number;
  /** Values that did not fit and were replaced by null. */
  readonly discardedValues?: number;
}

/** Changes what a tap sends before a target sees it: streams, schemas, records. */
export interface Mapper {
  readonly kind: 'mapper';
  readonly about: ConnectorAbout;
  open(context: ConnectorContext): Promise<OpenMapper>;
}

export interface OpenMapper {
  /**
   * The items that one item becomes, in their order; none drops it. Called one after the other. A state must not
   * come before an item that stood before it (Invariant 1). Items are not changed, others are made of them.
   */
  map(item: RecordItem): readonly RecordItem[] | Promise<readonly RecordItem[]>;
  /**
   * Whether the records of a stream, and its name, stay as they are, so that files of them (BATCH) need not be read.
   * Without it `map` never sees a BATCH message, but the records that the files hold.
   */
  keepsRecords?(stream: string): boolean;
  close(): Promise<void>;
}
