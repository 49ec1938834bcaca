import type { JsonObject, JsonValue } from '@meltano/foundation/json';

/** A connector as data: what stands in a manifest after it was checked. `manifestSchema` says what each member means. */
export interface Manifest {
  readonly name?: string;
  readonly api: ApiManifest;
  readonly concurrency?: number;
  readonly on_stream_error?: 'stop' | 'continue';
  readonly defaults?: Partial<StreamManifest>;
  readonly streams: Readonly<Record<string, StreamManifest>>;
}

export interface ApiManifest {
  readonly url: string;
  readonly headers?: JsonObject;
  readonly params?: JsonObject;
  readonly auth?: JsonObject & { readonly type: string };
  readonly rate_limits?: readonly { readonly requests: number; readonly seconds: number }[];
  readonly concurrency?: number;
  readonly timeout?: number;
  readonly retry?: { readonly attempts?: number; readonly wait?: number; readonly max_wait?: number };
  readonly on_error?: readonly ErrorManifest[];
}

export interface ErrorManifest {
  readonly status?: number | string | readonly (number | string)[];
  readonly body?: string;
  readonly action: 'retry' | 'refresh' | 'skip' | 'stop' | 'fail' | 'accept';
  readonly message?: string;
  readonly hint?: string;
  readonly wait?: number;
  readonly wait_header?: string;
}

export interface StreamManifest {
  readonly path?: string;
  readonly method?: string;
  readonly query?: string;
  readonly variables?: JsonObject;
  readonly params?: JsonObject;
  readonly headers?: JsonObject;
  readonly json?: JsonValue;
  readonly form?: JsonObject;
  readonly records?: string;
  readonly paginate?: JsonObject & { readonly type: string };
  readonly schema?: JsonObject | string;
  readonly infer_from?: number;
  readonly keys?: readonly string[];
  readonly replication_key?: string;
  readonly sorted?: boolean;
  readonly epoch?: 'seconds' | 'milliseconds';
  readonly overlap?: string;
  readonly windows?: string;
  readonly since?: string | { readonly param: string; readonly until?: string };
  readonly parent?: ParentManifest | readonly ParentManifest[];
  readonly partitions?: readonly JsonObject[] | JsonObject;
  readonly state_keys?: readonly string[];
  readonly add?: Readonly<Record<string, string>>;
  readonly compute?: JsonObject;
  readonly remove?: readonly string[];
  readonly rename?: Readonly<Record<string, string>>;
  readonly where?: string;
  readonly selected?: boolean;
  readonly on_error?: readonly ErrorManifest[];
}

export interface ParentManifest {
  readonly stream: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly all_records?: boolean;
}
