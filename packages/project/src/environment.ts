import type { ErrorPlace } from '@meltano/foundation/errors';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { PluginType } from './plugin/plugin-type.ts';

/** A named set of overrides. */
export interface Environment {
  readonly name: string;
  readonly env: Readonly<Record<string, string | null>>;
  readonly stateIdSuffix: string | undefined;
  readonly plugins: readonly EnvironmentPlugin[];
  readonly place: ErrorPlace;
}

/** Overrides of one plugin, matched by type and name. */
export interface EnvironmentPlugin {
  readonly type: PluginType;
  readonly name: string;
  readonly config: JsonObject;
  readonly env: Readonly<Record<string, JsonValue>>;
  /** Without the leading `_`. */
  readonly extras: JsonObject;
  readonly place: ErrorPlace;
}
