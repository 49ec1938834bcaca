import type { JsonObject } from '@meltano/foundation/json';
import type { SettingDefinition } from '../settings/setting-definition.ts';
import type { PluginCommand, PluginDefinition, PluginRequirement } from './definition.ts';
import type { PluginType } from './plugin-type.ts';
import type { WrittenPlugin } from './written-plugin.ts';

/** A plugin with nothing left to look up: its entry, its ancestors and its definition folded into one. */
export interface ResolvedPlugin {
  readonly type: PluginType;
  readonly name: string;
  readonly kind: 'custom' | 'inheriting' | 'shadowing';
  readonly namespace: string;
  readonly label: string;
  readonly variant: string | undefined;
  readonly description: string | undefined;
  readonly docs: string | undefined;
  readonly repo: string | undefined;
  /** The project plugin it inherits from, if that is where its definition comes from. */
  readonly parent: ResolvedPlugin | undefined;
  readonly definition: PluginDefinition;
  readonly pipUrl: string | undefined;
  readonly npmPackage: string | undefined;
  readonly python: string | undefined;
  readonly executable: string;
  readonly capabilities: readonly string[];
  /** Declared settings, then one per configured key that is declared nowhere. */
  readonly settings: readonly SettingDefinition[];
  /** Names begin with `_`. */
  readonly extras: readonly SettingDefinition[];
  readonly settingsGroupValidation: readonly (readonly string[])[];
  readonly commands: Readonly<Record<string, PluginCommand>>;
  readonly requires: Readonly<Partial<Record<PluginType, readonly PluginRequirement[]>>>;
  readonly requiresMeltano: string | undefined;
  readonly installable: boolean;
  readonly invokable: boolean;
  /** Name of its folder below `.meltano/<type>/`; shared with a parent when both install the same. */
  readonly folder: string;
  /** Set on the in-memory plugins that stand for the mappings of a mapper; `name` is then the mapper's. */
  readonly mapping: { readonly name: string; readonly config: JsonObject } | undefined;
  readonly written: WrittenPlugin;
}
