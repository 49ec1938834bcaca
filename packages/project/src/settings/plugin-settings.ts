import type { ErrorPlace } from '@meltano/foundation/errors';
import type { JsonObject } from '@meltano/foundation/json';
import type { Environment, EnvironmentPlugin } from '../environment.ts';
import { prefixExtras } from '../plugin/extra-definitions.ts';
import { pluginTypeWords } from '../plugin/plugin-type.ts';
import type { ResolvedPlugin } from '../plugin/resolved-plugin.ts';
import type { WrittenPlugin } from '../plugin/written-plugin.ts';
import type { Project } from '../project.ts';
import { type EnvChain, expandEnvChain } from './env-chain.ts';
import { type EnvPrefixes, envName, unique } from './env-names.ts';
import type { FlatValues, SettingLayer } from './layer.ts';
import { findPath, flattenObject } from './nesting.ts';
import { exportSettings, isExtra, resolveSettings } from './resolve-settings.ts';
import type { ResolvedSetting } from './resolved-setting.ts';
import type { ReferenceValues } from './secret-reference.ts';
import { inferSettings, type SettingDefinition } from './setting-definition.ts';

type Variables = Readonly<Record<string, string>>;

/** Everything around a plugin that its settings and its process can see. */
export interface PluginContext {
  readonly project: Project;
  readonly environment: Environment | undefined;
  readonly processEnv: Variables;
  readonly dotenv: Variables;
  /** `MELTANO_PROJECT_ROOT`, `MELTANO_ENVIRONMENT`, `MELTANO_SYS_DIR_ROOT`, `MELTANO_USER_AGENT`. */
  readonly projectVariables: Variables;
  /** Meltano's own settings as variables. */
  readonly projectSettings: Variables;
  /** What the blocks before this one in a pipeline export. */
  readonly upstream?: Variables;
  /** The strongest layer: setting name → value. */
  readonly overrides?: FlatValues;
  /** Values kept in the system database, by namespace (see {@link databaseNamespace}). */
  readonly database?: ReadonlyMap<string, FlatValues>;
  /** What references to secrets are replaced by; without it they stay as they are written. */
  readonly references?: ReferenceValues;
  readonly strict: boolean;
  readonly now: number;
}

export interface ResolvedPluginSettings {
  readonly settings: readonly ResolvedSetting[];
  readonly extras: readonly ResolvedSetting[];
  /** What the settings of the plugin are looked up in: the process environment with all that lies over it. */
  readonly envStore: Variables;
  readonly env: EnvChain;
  readonly info: Variables;
  readonly prefixes: EnvPrefixes;
}

/** Resolves all settings and extras of a plugin in its context (meltano-project §3.6 to §3.9). */
export function resolvePluginSettings(
  plugin: ResolvedPlugin,
  context: PluginContext,
): ResolvedPluginSettings {
  return resolveWith(plugin, context, true);
}

function resolveWith(
  plugin: ResolvedPlugin,
  context: PluginContext,
  expand: boolean,
): ResolvedPluginSettings {
  const overlay = pluginOverlay(plugin, context);
  const envStore = { ...context.processEnv, ...overlay.override };
  const prefixes = pluginPrefixes(plugin);
  const resolved = resolveSettings({
    definitions: settingDefinitions(plugin, context.environment),
    layers: pluginLayers(plugin, context, envStore),
    prefixes,
    variables: { ...context.dotenv, ...envStore },
    strict: context.strict,
    expand,
    ...(context.references !== undefined && { references: context.references }),
    now: context.now,
  });
  return {
    settings: resolved.filter((setting) => !isExtra(setting.definition)),
    extras: resolved.filter((setting) => isExtra(setting.definition)),
    envStore,
    env: overlay.env,
    info: overlay.info,
    prefixes,
  };
}

/** What lies over the process environment for one plugin, later wins (meltano-project §3.8). */
function pluginOverlay(
  plugin: ResolvedPlugin,
  context: PluginContext,
): { readonly override: Variables; readonly env: EnvChain; readonly info: Variables } {
  const info = infoVariables(plugin);
  const { upstream = {}, projectSettings, projectVariables } = context;
  const process = { ...context.dotenv, ...context.processEnv, ...projectVariables };
  const env = expandEnvChain({
    process,
    root: context.project.env,
    generated: { ...projectSettings, ...upstream, ...info },
    environment: context.environment?.env ?? {},
    plugin: plugin.written.env,
    environmentPlugin: environmentPlugin(plugin, context.environment)?.env ?? {},
    strict: context.strict,
  });
  const inherited = plugin.parent === undefined ? {} : pluginOverlay(plugin.parent, context).override;
  const override = {
    ...inherited,
    ...context.processEnv,
    ...projectVariables,
    ...env.root,
    ...projectSettings,
    ...upstream,
    ...info,
    ...env.plugin,
    ...env.environment,
    ...env.environmentPlugin,
  };
  return { override, env, info };
}

function pluginLayers(
  plugin: ResolvedPlugin,
  context: PluginContext,
  envStore: Variables,
): readonly SettingLayer[] {
  const overrides = environmentPlugin(plugin, context.environment);
  const stored = context.database?.get(databaseNamespace(plugin));
  const { parent } = plugin;
  return [
    ...(context.overrides === undefined
      ? []
      : [{ store: 'config_override', values: context.overrides } as const]),
    { store: 'env', variables: envStore },
    { store: 'dotenv', variables: context.dotenv },
    ...(overrides === undefined ? [] : [environmentLayer(overrides)]),
    {
      store: 'meltano_yml',
      values: flatEntry(plugin.written.config, plugin.written.extras),
      place: (name) => settingPlace(plugin.written, name),
    },
    ...(stored === undefined ? [] : [{ store: 'db', values: stored } as const]),
    ...(parent === undefined ? [] : [inheritedLayer(parent, context)]),
  ];
}

function environmentLayer(overrides: EnvironmentPlugin): SettingLayer {
  return {
    store: 'meltano_environment',
    values: flatEntry(overrides.config, overrides.extras),
    place: (name) => settingPlace(overrides, name),
  };
}

type Entry = Pick<WrittenPlugin, 'config' | 'extras' | 'place' | 'locate'>;

function settingPlace(entry: Entry, name: string): ErrorPlace {
  const path = name.startsWith('_') ? findPath(entry.extras, name.slice(1)) : findPath(entry.config, name);
  if (path === undefined || entry.locate === undefined) return entry.place;
  return entry.locate(name.startsWith('_') ? path : ['config', ...path]);
}

function inheritedLayer(parent: ResolvedPlugin, context: PluginContext): SettingLayer {
  const { overrides: _own, ...rest } = context;
  const resolved = resolveWith(parent, rest, false);
  const settings = [...resolved.settings, ...resolved.extras];
  return {
    store: 'inherited',
    plugin: parent.name,
    settings: new Map(settings.map((setting) => [setting.definition.name, setting])),
  };
}

/** Settings and extras of an entry by flat name, extras with `_`. */
export function flatEntry(config: JsonObject, extras: JsonObject): FlatValues {
  return flattenObject({ ...config, ...prefixExtras(extras) });
}

export function environmentPlugin(
  plugin: ResolvedPlugin,
  environment: Environment | undefined,
): EnvironmentPlugin | undefined {
  return environment?.plugins.find((each) => each.type === plugin.type && each.name === plugin.name);
}

/** Declared and custom settings and extras; keys that only the environment sets come last, as custom ones. */
export function settingDefinitions(
  plugin: ResolvedPlugin,
  environment: Environment | undefined,
): readonly SettingDefinition[] {
  const known = [...plugin.settings, ...plugin.extras];
  const overrides = environmentPlugin(plugin, environment);
  if (overrides === undefined) return known;
  return [...known, ...inferSettings(known, { ...overrides.config, ...prefixExtras(overrides.extras) })];
}

/** Where the system database keeps a plugin's settings. */
export function databaseNamespace(plugin: ResolvedPlugin): string {
  return `${plugin.type}.${plugin.name}.default`;
}

/** `MELTANO_EXTRACTOR_NAME`, `…_NAMESPACE`, `…_VARIANT`. */
export function infoVariables(plugin: ResolvedPlugin): Variables {
  const type = envName('meltano', pluginTypeWords[plugin.type].singular);
  return {
    [`${type}_NAME`]: plugin.name,
    [`${type}_NAMESPACE`]: plugin.namespace,
    [`${type}_VARIANT`]: plugin.variant ?? 'default',
  };
}

export function pluginPrefixes(plugin: ResolvedPlugin): EnvPrefixes {
  return {
    read: unique([plugin.name, plugin.namespace]),
    write: unique([...exportPrefixes(plugin), `meltano_${pluginTypeWords[plugin.type].verb}`]),
    readAliases: plugin.kind !== 'inheriting',
  };
}

function exportPrefixes(plugin: ResolvedPlugin): readonly string[] {
  const { definition, parent } = plugin;
  const above = parent === undefined ? [definition.name, definition.namespace] : exportPrefixes(parent);
  return [plugin.name, plugin.namespace, ...above];
}

/** What a plugin's process, and later blocks of a pipeline, see of its settings and extras. */
export function exportedVariables(resolved: ResolvedPluginSettings): Variables {
  return exportSettings([...resolved.settings, ...resolved.extras], resolved.prefixes);
}
