import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import type { ResolvedPlugin } from '../plugin/resolved-plugin.ts';
import { expandValue } from './expand.ts';
import { composeConfig } from './plugin-config.ts';
import {
  exportedVariables,
  type PluginContext,
  type ResolvedPluginSettings,
  resolvePluginSettings,
} from './plugin-settings.ts';
import type { ResolvedSetting } from './resolved-setting.ts';
import {
  type ReferenceValues,
  referencesIn,
  replaceInText,
  replaceReferences,
  type SecretReference,
} from './secret-reference.ts';
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
  const references = context.references ?? new Map();
  return {
    plugin,
    config: pluginConfig(plugin, resolved, context),
    flatConfig: values(resolved.settings),
    extras: values(resolved.extras),
    env: withoutReferences(references, {
      ...context.dotenv,
      ...resolved.envStore,
      ...exported,
      ...env.plugin,
      ...env.environment,
      ...env.environmentPlugin,
    }),
    exported: { ...resolved.info, ...exported },
    secrets: [...secretValues([...resolved.settings, ...resolved.extras]), ...references.values()],
  };
}

/** A setting among the references of a plugin, for saying where one stands that cannot be followed. */
export interface PluginReference {
  readonly reference: SecretReference;
  /** Undefined for the configuration of a mapping. */
  readonly setting: ResolvedSetting | undefined;
}

/** What the settings of a plugin refer to, each text once. Pure: nothing is followed. */
export function pluginReferences(plugin: ResolvedPlugin, context: PluginContext): readonly PluginReference[] {
  const { settings, extras } = resolvePluginSettings(plugin, context);
  const all: readonly PluginReference[] = [
    ...[...settings, ...extras].flatMap((setting) =>
      (setting.references ?? []).map((reference) => ({ reference, setting })),
    ),
    ...referencesIn(plugin.mapping?.config ?? {}).map((reference) => ({ reference, setting: undefined })),
  ];
  return [...new Map(all.map((each) => [each.reference.text, each])).values()];
}

/** A variable that holds a reference of a setting is handed on as the setting's value is. */
function withoutReferences(
  references: ReferenceValues,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (references.size === 0) return env;
  return Object.fromEntries(
    Object.entries(env).map(([name, text]) => [name, replaceInText(text, references)]),
  );
}

function pluginConfig(
  plugin: ResolvedPlugin,
  resolved: ResolvedPluginSettings,
  context: PluginContext,
): JsonObject {
  const config = composeConfig(plugin, resolved.settings, context.now);
  if (plugin.mapping === undefined) return config;
  const mapping = expandValue(plugin.mapping.config, {
    variables: { ...context.dotenv, ...resolved.envStore },
    missing: context.strict ? 'error' : 'empty',
  });
  const replaced = replaceReferences(mapping, context.references ?? new Map());
  return isJsonObject(replaced) ? { ...config, ...replaced } : config;
}

function values(settings: readonly ResolvedSetting[]): JsonObject {
  return Object.fromEntries(settings.map(({ definition, value }) => [definition.name, value]));
}
