import { pluginTypeWords } from '@meltano/project/plugin/plugin-type';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { exportVariables, projectPrefixes, readVariables } from '@meltano/project/settings/env-names';
import { pluginPrefixes } from '@meltano/project/settings/plugin-settings';
import type { ResolvedSetting } from '@meltano/project/settings/resolved-setting';
import type { SettingDefinition } from '@meltano/project/settings/setting-definition';
import type { Session } from '../session.ts';
import { givenPluginType } from './given-plugin-type.ts';

/** What `config` works on: a plugin, or Meltano itself under the name `meltano`. */
export interface ConfigTarget {
  /** Undefined for Meltano itself. */
  readonly plugin: ResolvedPlugin | undefined;
  /** In messages: `Extractor 'tap-x'`, `Meltano`. */
  readonly label: string;
  readonly settings: readonly ResolvedSetting[];
  readonly extras: readonly ResolvedSetting[];
  /** Variables that are looked up for a setting. */
  variables(definition: SettingDefinition): readonly string[];
  /** Variables that plugins see. */
  exported(definition: SettingDefinition): readonly string[];
}

/** A plugin that is really called `meltano` wins over Meltano itself. */
export async function findConfigTarget(
  session: Session,
  name: string,
  pluginType: string | undefined,
  read: { readonly unsafe?: boolean } = {},
): Promise<ConfigTarget> {
  const { workspace } = session;
  const type = givenPluginType(pluginType);
  const plugin =
    name === 'meltano' && type === undefined
      ? await workspace.lookUpPlugin(name)
      : await workspace.findPlugin(name, type);
  const prefixes = plugin === undefined ? projectPrefixes : pluginPrefixes(plugin);
  const resolved =
    plugin === undefined
      ? { settings: await workspace.storedProjectSettings({ follow: read.unsafe ?? false }), extras: [] }
      : await workspace.pluginSettings(plugin, { follow: read.unsafe ?? false });
  return {
    plugin,
    label: plugin === undefined ? 'Meltano' : pluginLabel(plugin),
    ...resolved,
    variables: (definition) => readVariables(definition, prefixes).map((variable) => variable.name),
    exported: (definition) => exportVariables(definition, prefixes),
  };
}

function pluginLabel(plugin: ResolvedPlugin): string {
  const { descriptor } = pluginTypeWords[plugin.type];
  return `${descriptor.charAt(0).toUpperCase()}${descriptor.slice(1)} '${plugin.name}'`;
}
