import { isJsonArray, isJsonObject } from '@meltano/foundation/json';
import { nearNames } from '@meltano/foundation/near-names';
import { optionalText } from '@meltano/project/element';
import type { Environment } from '@meltano/project/environment';
import { pluginError } from '@meltano/project/plugin/errors';
import { type PluginType, pluginTypeWords } from '@meltano/project/plugin/plugin-type';
import { mappingPlugins, resolvePlugin } from '@meltano/project/plugin/resolve-plugin';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { WrittenPlugin } from '@meltano/project/plugin/written-plugin';
import type { Project } from '@meltano/project/project';
import { expandEnv } from '@meltano/project/settings/env-chain';
import { expandText } from '@meltano/project/settings/expand';
import type { FlatValues } from '@meltano/project/settings/layer';
import {
  databaseNamespace,
  infoVariables,
  type PluginContext,
  resolvePluginSettings,
} from '@meltano/project/settings/plugin-settings';
import { pluginReferences, preparePlugin } from '@meltano/project/settings/prepare-plugin';
import type { DatabaseSettings } from './database-settings.ts';
import type { Definitions } from './definitions.ts';
import { inSetting } from './reference-error.ts';
import type { ReferenceSource } from './reference-source.ts';
import type { PrepareOptions, Workspace } from './workspace.ts';

type Variables = Readonly<Record<string, string>>;

/** The members of a workspace that are about plugins. */
export type PluginReader = Pick<
  Workspace,
  | 'plugins'
  | 'mappings'
  | 'findPlugin'
  | 'lookUpPlugin'
  | 'pluginSettings'
  | 'preparePlugin'
  | 'installVariables'
  | 'stateIdSuffix'
>;

export interface PluginReaderInput {
  readonly project: Project;
  readonly environment: Environment | undefined;
  readonly processEnv: Variables;
  readonly dotenv: Variables;
  readonly projectVariables: Variables;
  readonly projectSettings: Variables;
  readonly strict: boolean;
  readonly now: () => number;
  readonly root: string;
  readonly references: ReferenceSource | undefined;
  readonly definitions: Definitions;
  readonly database: () => Promise<DatabaseSettings | undefined>;
}

export function createPluginReader(input: PluginReaderInput): PluginReader {
  const { project, definitions } = input;
  const resolved = new Map<WrittenPlugin, Promise<ResolvedPlugin>>();
  const resolve = (written: WrittenPlugin): Promise<ResolvedPlugin> => {
    const plugin = resolved.get(written) ?? resolveOne(written);
    resolved.set(written, plugin);
    return plugin;
  };
  const resolveOne = async (written: WrittenPlugin): Promise<ResolvedPlugin> => {
    await definitions.prepare(written);
    return resolvePlugin(written, project, definitions.find);
  };
  const mappings = async () => {
    const mappers = await Promise.all(project.plugins.filter(({ type }) => type === 'mappers').map(resolve));
    return mappers.flatMap(mappingPlugins);
  };
  const lookUpPlugin: PluginReader['lookUpPlugin'] = async (name, type) => {
    const written = project.plugins.find(
      (each) => each.name === name && (type === undefined || each.type === type),
    );
    if (written !== undefined) return resolve(written);
    if (type !== undefined && type !== 'mappers') return undefined;
    // Only the mapper that has it is resolved: others need not be known, nor the Hub be asked for them.
    const mappers = await Promise.all(project.plugins.filter((each) => hasMapping(each, name)).map(resolve));
    return findMapping(mappers.flatMap(mappingPlugins), name);
  };
  return {
    plugins: () => Promise.all(project.plugins.map(resolve)),
    mappings,
    lookUpPlugin,
    findPlugin: async (name, type) => (await lookUpPlugin(name, type)) ?? notFound(project, name, type),
    async pluginSettings(plugin, options = {}) {
      const context = await contextOf(input, plugin, options);
      const { settings, extras } = resolvePluginSettings(
        plugin,
        options.follow ? await withReferences(input, plugin, context) : context,
      );
      return { settings, extras };
    },
    async preparePlugin(plugin, options) {
      const context = await contextOf(input, plugin, options);
      return Object.freeze(preparePlugin(plugin, await withReferences(input, plugin, context)));
    },
    installVariables: (plugin) => installVariables(input, plugin),
    stateIdSuffix: (plugin, options) => stateIdSuffix(input, plugin, options),
  };
}

function hasMapping({ type, extras }: WrittenPlugin, name: string): boolean {
  const list = extras['mappings'];
  return (
    type === 'mappers' &&
    isJsonArray(list) &&
    list.some((each) => isJsonObject(each) && optionalText(each['name']) === name)
  );
}

function findMapping(mappings: readonly ResolvedPlugin[], name: string): ResolvedPlugin | undefined {
  const found = mappings.filter(({ mapping }) => mapping?.name === name);
  if (found.length <= 1) return found[0];
  throw pluginError('ambiguous_mapping', {
    message: `Ambiguous mapping name ${name}, found multiple matches: ${found.map((each) => each.name).join(', ')}`,
    hint: 'Give each mapping a name of its own',
    place: found[1]?.written.place,
  });
}

function notFound(project: Project, name: string, type: PluginType | undefined): never {
  const candidates = project.plugins.filter((each) => type === undefined || each.type === type);
  const near = nearNames(name, new Set(candidates.map((each) => each.name)));
  const what = type === undefined ? 'Plugin' : capitalise(pluginTypeWords[type].descriptor);
  throw pluginError('not_found', {
    message: `${what} '${name}' is not known to this project`,
    hint:
      near.length > 0
        ? `Did you mean ${near.map((each) => `'${each}'`).join(' or ')}?`
        : `Add it with \`meltano add ${name}\`, or see what there is with \`meltano plugin list\``,
    details: { name, near },
  });
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

async function contextOf(
  input: PluginReaderInput,
  plugin: ResolvedPlugin,
  options: PrepareOptions = {},
): Promise<PluginContext> {
  const { definitions: _definitions, references, root: _root, database, now, ...rest } = input;
  return {
    ...rest,
    ...(references === undefined && { references: new Map<string, string>() }),
    now: now(),
    ...(options.upstream !== undefined && { upstream: options.upstream }),
    ...(options.overrides !== undefined && { overrides: options.overrides }),
    database: await storedValues(await database(), plugin),
  };
}

/** The same context with the values of all references in the plugin's settings, read side by side. */
async function withReferences(
  { references: source, root, processEnv, dotenv }: PluginReaderInput,
  plugin: ResolvedPlugin,
  context: PluginContext,
): Promise<PluginContext> {
  if (source === undefined) return context;
  const place = { root, processEnv, dotenv };
  // All are waited for: a command that was started does not go on behind an error.
  const readings = await Promise.allSettled(
    pluginReferences(plugin, context).map(async ({ reference, setting }) => {
      const value = await source.read(reference, place).catch((error: unknown) => {
        if (setting === undefined) throw error;
        throw inSetting(error, setting, `${pluginTypeWords[plugin.type].descriptor} '${plugin.name}'`);
      });
      return [reference.text, value] as const;
    }),
  );
  const values = readings.map((reading) => {
    if (reading.status === 'rejected') throw reading.reason;
    return reading.value;
  });
  return { ...context, references: new Map(values) };
}

/** What the system database holds for a plugin and the plugins that it inherits from. */
async function storedValues(
  database: DatabaseSettings | undefined,
  plugin: ResolvedPlugin,
): Promise<NonNullable<PluginContext['database']>> {
  const stored = new Map<string, FlatValues>();
  if (database === undefined) return stored;
  for (let each: ResolvedPlugin | undefined = plugin; each !== undefined; each = each.parent) {
    const namespace = databaseNamespace(each);
    stored.set(namespace, Object.fromEntries(await database.list(namespace)));
  }
  return stored;
}

function installVariables(input: PluginReaderInput, plugin: ResolvedPlugin): Variables {
  const { processEnv, dotenv, projectVariables, project, strict } = input;
  const above = { ...dotenv, ...processEnv, ...projectVariables };
  const outer = { ...processEnv, ...projectVariables, ...expandEnv(project.env, above, strict), ...dotenv };
  const known = { ...outer, ...infoVariables(plugin) };
  return { ...known, ...expandEnv(plugin.written.env, known, strict) };
}

async function stateIdSuffix(
  input: PluginReaderInput,
  plugin: ResolvedPlugin,
  options: PrepareOptions | undefined,
): Promise<string | undefined> {
  const suffix = input.environment?.stateIdSuffix;
  if (suffix === undefined) return undefined;
  const { envStore } = resolvePluginSettings(plugin, await contextOf(input, plugin, options));
  const expanded = expandText(suffix, {
    variables: { ...input.dotenv, ...envStore },
    missing: input.strict ? 'error' : 'empty',
  });
  return expanded === '' ? undefined : expanded;
}
