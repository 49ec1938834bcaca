import type { JsonObject } from '@meltano/foundation/json';
import type { Target } from '../connector.ts';

export interface TargetSuiteOptions {
  readonly target: Target;
  /** A configuration for an empty destination of its own, at each call another; records replace those with their key. */
  config(): Promise<JsonObject>;
  /**
   * All rows of a stream in any order, with lower-case names: numbers exact (`ExactNumber` where a double would
   * lose digits), instants as RFC 3339 in UTC, nested values parsed. Empty when there is no such table. It is
   * also called while a load is waiting in `acknowledge`.
   */
  read(config: JsonObject, stream: string): Promise<readonly JsonObject[]>;
  /** Texts of instants stay as they were sent. */
  readonly keepsText?: boolean;
  /** It has the settings of `sqlTarget`: `load_method` scd2, and `schema_contract`. */
  readonly keepsHistory?: boolean;
  readonly keepsContract?: boolean;
  /** It has `load_method` overwrite. */
  readonly replaces?: boolean;
  /** It marks rows in `_sdc_deleted_at`, or removes them with `hard_delete`. */
  readonly retires?: boolean;
}
