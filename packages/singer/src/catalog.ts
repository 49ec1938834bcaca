import type { JsonObject, JsonValue } from '@meltano/foundation/json';

/**
 * What a tap can read, as `--discover` prints it: `{"streams": [...]}`. It is kept as the JSON that the tap
 * wrote, with members that nobody here knows (Invariant 6); the types below name those that matter.
 */
export interface Catalog {
  readonly streams: readonly CatalogStream[];
  readonly [other: string]: JsonValue | readonly CatalogStream[];
}

export interface CatalogStream {
  /** Unique; selection rules are matched against this. */
  readonly tap_stream_id: string;
  /** The name used in messages. */
  readonly stream: string;
  readonly schema: JsonObject;
  readonly metadata?: readonly MetadataEntry[];
  readonly key_properties?: readonly string[];
  readonly replication_key?: string;
  readonly replication_method?: string;
  readonly selected?: JsonValue;
  readonly [other: string]: JsonValue | readonly MetadataEntry[] | undefined;
}

/** `breadcrumb` is `[]` for the stream, `["properties", "a", "properties", "b"]` for a nested property. */
export interface MetadataEntry {
  readonly breadcrumb: readonly string[];
  readonly metadata: JsonObject;
  readonly [other: string]: JsonValue | readonly string[];
}

export type ReplicationMethod = 'FULL_TABLE' | 'INCREMENTAL' | 'LOG_BASED';
