import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import type { ResolvedPlugin } from '../plugin/resolved-plugin.ts';
import { expandValue } from './expand.ts';
import { flatConfig, nestedConfig } from './plugin-config.ts';
import {
  exportedVariables,
  type PluginContext,
  type ResolvedPluginSettings,
  resolvePluginSettings,
} from './plugin-settings.ts';
import type { ResolvedSetting } from './resolved-setting.ts';
import { secretValues } from './secrets.ts';

/** What starting a plugin takes from its project. */
export interface PluginPreparation {
  readonly plugin: ResolvedPlugin;
  readonly config: JsonObject;
  readonly flatConfig: JsonObject;
  readonly extras: JsonObject;
  readonly env: Readonly<Record<string, string>>;
  readonly exported: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Resolves a plugin's settings and composes its config and the environment of its process (§3.13, later wins). */
export function preparePlugin(plugin: ResolvedPlugin, context: PluginContext): PluginPreparation {
  const resolved = resolvePluginSettings(plugin, context);
  const exported = exportedVariables(resolved);
  const { env } = resolved;
  return {
    plugin,
    config: pluginConfig(plugin, resolved, context),
    flatConfig: values(resolved.settings),
    extras: values(resolved.extras),
    env: {
      ...context.dotenv,
      ...resolved.envStore,
      ...exported,
      ...env.plugin,
      ...env.environment,
      ...env.environmentPlugin,
    },
    exported: { ...resolved.info, ...exported },
    secrets: secretValues([...resolved.settings, ...resolved.extras]),
  };
}

function pluginConfig(
  plugin: ResolvedPlugin,
  resolved: ResolvedPluginSettings,
  context: PluginContext,
): JsonObject {
  if (!isSinger(plugin)) return flatConfig(resolved.settings, context.now);
  const config = nestedConfig(resolved.settings, context.now);
  if (plugin.mapping === undefined) return config;
  const mapping = expandValue(plugin.mapping.config, {
    variables: { ...context.dotenv, ...resolved.envStore },
    missing: context.strict ? 'error' : 'empty',
  });
  return isJsonObject(mapping) ? { ...config, ...mapping } : config;
}

/** Extractors, loaders and mappers speak Singer and get their settings as a config file. */
export function isSinger(plugin: ResolvedPlugin): boolean {
  return plugin.type === 'extractors' || plugin.type === 'loaders' || plugin.type === 'mappers';
}

function values(settings: readonly ResolvedSetting[]): JsonObject {
  return Object.fromEntries(settings.map(({ definition, value }) => [definition.name, value]));
}
