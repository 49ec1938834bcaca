import type { ErrorPlace } from '@meltano/foundation/errors';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { PluginType } from './plugin-type.ts';

/** A plugin entry as it stands in a project file. */
export interface WrittenPlugin {
  readonly type: PluginType;
  readonly name: string;
  readonly inheritFrom: string | undefined;
  readonly namespace: string | undefined;
  readonly variant: string | undefined;
  readonly config: JsonObject;
  readonly env: Readonly<Record<string, JsonValue>>;
  /** Keys that are no attribute of a plugin (`select`, `metadata`, …), without the leading `_`. */
  readonly extras: JsonObject;
  /** The whole entry, unknown keys included. */
  readonly entry: JsonObject;
  readonly place: ErrorPlace;
}
