import type { ErrorPlace } from '@meltano/foundation/errors';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { Environment } from './environment.ts';
import type { Job } from './job.ts';
import type { WrittenPlugin } from './plugin/written-plugin.ts';
import type { Schedule } from './schedule.ts';

/** A project as its files say it, includes merged, nothing resolved. Frozen. */
export interface Project {
  readonly plugins: readonly WrittenPlugin[];
  readonly environments: readonly Environment[];
  readonly jobs: readonly Job[];
  readonly schedules: readonly Schedule[];
  /** Top-level `env:`, values as text. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Settings of Meltano itself: dotted names → values, as written. */
  readonly settings: Readonly<Record<string, JsonValue>>;
  readonly requiresMeltano: string | undefined;
  /** Everything, merged, as plain JSON: for `compile` and for keys that nobody here knows. */
  readonly merged: JsonObject;
  /** Things worth a warning: deprecated or unknown keys. */
  readonly warnings: readonly { readonly message: string; readonly place: ErrorPlace }[];
}
