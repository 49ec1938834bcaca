import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { CsvOptions } from '../http/decode/csv-rows.ts';
import type { PlaceOf } from './manifest-place.ts';

/** A connector as data: what stands in a manifest after it was checked. `manifestSchema` says what each member means. */
export interface Manifest {
  readonly name?: string;
  readonly api: ApiManifest;
  readonly concurrency?: number;
  readonly on_stream_error?: 'stop' | 'continue';
  readonly defaults?: Partial<StreamManifest>;
  readonly streams: Readonly<Record<string, StreamManifest>>;
  readonly stream_templates?: readonly StreamTemplateManifest[];
  /** Where it is written; undefined for one that is no text, or was made of another format. */
  readonly placeOf?: PlaceOf;
  /** It was made of another format, whose author cannot be asked to change it. */
  readonly isImported?: boolean;
}

/** A stream for each of some things. */
export interface StreamTemplateManifest {
  readonly for_each: string | readonly JsonValue[] | { readonly stream: string };
  readonly name: string;
  readonly stream: StreamManifest;
}

export interface ApiManifest {
  readonly url: string;
  readonly headers?: JsonObject;
  readonly params?: JsonObject;
  readonly auth?: AuthManifest;
  readonly rate_limits?: readonly { readonly requests: number; readonly seconds: number }[];
  readonly concurrency?: number;
  readonly timeout?: number;
  readonly charset?: string;
  readonly invalid_bytes?: 'fail' | 'replace';
  readonly retry?: RetryManifest;
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
  readonly wait_pattern?: string;
  readonly wait_until_header?: string;
  readonly when?: string;
}

export interface RetryManifest {
  readonly attempts?: number;
  readonly wait?: number;
  readonly max_wait?: number;
}

export type AuthManifest = JsonObject & { readonly type: string };

/** One of the steps that shape a record, in their order. */
export interface TransformManifest {
  readonly set?: string;
  readonly value?: JsonValue;
  readonly remove?: string;
  readonly when?: string;
  readonly keys?: 'lower' | 'snake';
  readonly replace?: string;
  readonly with?: string;
  readonly flatten?: string | true;
}

export type FileManifest =
  | { readonly type: 'json'; readonly charset?: string; readonly at?: string }
  | { readonly type: 'json_lines'; readonly charset?: string }
  | { readonly type: 'lines'; readonly as: string; readonly charset?: string }
  | ({ readonly type: 'csv' } & CsvOptions);

/** How answers are read. */
export type DecodeManifest = FileManifest | { readonly type: 'gzip'; readonly of: FileManifest };

export interface StreamManifest {
  readonly url?: string;
  readonly auth?: AuthManifest;
  readonly retry?: RetryManifest;
  readonly cost?: number;
  readonly path?: string;
  readonly method?: string;
  readonly query?: string;
  readonly variables?: JsonObject;
  readonly params?: JsonObject;
  readonly headers?: JsonObject;
  readonly json?: JsonValue;
  readonly form?: JsonObject;
  readonly text?: string;
  readonly decode?: DecodeManifest;
  readonly records?: string;
  readonly absent_is_empty?: boolean;
  readonly paginate?: JsonObject & { readonly type: string };
  readonly schema?: JsonObject | string;
  readonly infer_from?: number;
  readonly keys?: readonly string[];
  readonly replication_key?: string;
  readonly replication_format?: 'date' | 'date-time';
  readonly sorted?: boolean;
  readonly epoch?: 'seconds' | 'milliseconds';
  readonly time_formats?: readonly string[];
  readonly overlap?: string;
  readonly windows?: string;
  readonly granularity?: string;
  readonly start_when_whole?: boolean;
  readonly keep_older?: boolean;
  readonly start?: string;
  readonly end?: string;
  readonly since?: string | { readonly param: string; readonly until?: string };
  readonly parent?: ParentManifest | readonly ParentManifest[];
  readonly partitions?: readonly JsonObject[] | JsonObject;
  readonly combine?: readonly (ParentManifest | readonly ParentManifest[])[];
  readonly state_keys?: readonly string[];
  readonly add?: Readonly<Record<string, string>>;
  readonly compute?: JsonObject;
  readonly remove?: readonly string[];
  readonly rename?: Readonly<Record<string, string>>;
  readonly where?: string;
  readonly where_last?: boolean;
  readonly transform?: readonly TransformManifest[];
  readonly selected?: boolean;
  readonly only_if?: string;
  readonly on_error?: readonly ErrorManifest[];
}

export interface ParentManifest {
  readonly stream: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, string>>;
  readonly all_records?: boolean;
}
