import type { JsonObject } from '@meltano/foundation/json';
import type { SettingDefinition } from '../settings/setting-definition.ts';
import type { PluginType } from './plugin-type.ts';

export interface PluginCommand {
  readonly args: string;
  readonly description: string | undefined;
  readonly executable: string | undefined;
  readonly containerSpec: JsonObject | undefined;
}

/** A requirement of another plugin, e.g. a file bundle of a utility. */
export interface PluginRequirement {
  readonly name: string;
  readonly variant: string | undefined;
}

/**
 * What is known of a plugin from the Hub, a lock file, or a custom entry of the project: one variant.
 * The JSON it came from is kept in `written`, so that a lock file can be written back with unknown members.
 */
export interface PluginDefinition {
  readonly type: PluginType;
  readonly name: string;
  readonly namespace: string;
  readonly variant: string | undefined;
  readonly label: string | undefined;
  readonly docs: string | undefined;
  readonly repo: string | undefined;
  readonly description: string | undefined;
  /** Arguments for the Python installer, shell words. */
  readonly pipUrl: string | undefined;
  /** Name of the npm package that holds a native connector; then there is no `pipUrl`. */
  readonly npmPackage: string | undefined;
  readonly python: string | undefined;
  readonly executable: string | undefined;
  readonly capabilities: readonly string[];
  readonly settings: readonly SettingDefinition[];
  readonly settingsGroupValidation: readonly (readonly string[])[];
  readonly commands: Readonly<Record<string, PluginCommand>>;
  readonly requires: Readonly<Partial<Record<PluginType, readonly PluginRequirement[]>>>;
  readonly requiresMeltano: string | undefined;
  readonly supportedPythonVersions: readonly string[];
  /** Members that are none of the above: defaults of extras (`select`, `metadata`, `dialect`, …). */
  readonly extras: JsonObject;
  readonly written: JsonObject;
}
