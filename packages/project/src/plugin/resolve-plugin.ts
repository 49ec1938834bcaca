import { isJsonArray, isJsonObject } from '@meltano/foundation/json';
import { optionalText } from '../element.ts';
import type { Project } from '../project.ts';
import { inferSettings, inheritSensitivity, type SettingDefinition } from '../settings/setting-definition.ts';
import {
  type PluginDefinition,
  type PluginRequirement,
  parseCommands,
  parseDefinition,
  parseGroups,
  parseRequires,
  parseSettings,
  parseTexts,
} from './definition.ts';
import { pluginError } from './errors.ts';
import { extraDefinitions, prefixExtras } from './extra-definitions.ts';
import { type PluginType, pluginTypes, pluginTypeWords } from './plugin-type.ts';
import type { ResolvedPlugin } from './resolved-plugin.ts';
import type { WrittenPlugin } from './written-plugin.ts';

/** What must be known from a lock file or the Hub before a plugin can be resolved. */
export interface DefinitionRequest {
  readonly type: PluginType;
  readonly name: string;
  /** Undefined: the entry leaves it open. */
  readonly variant: string | undefined;
}

export type FindDefinition = (request: DefinitionRequest) => PluginDefinition | undefined;

export function isCustom(plugin: WrittenPlugin): boolean {
  return plugin.namespace !== undefined && plugin.inheritFrom === undefined;
}

/** The project plugin that an entry inherits from; one with a variant of its own inherits from a definition. */
export function parentEntry(plugin: WrittenPlugin, project: Project): WrittenPlugin | undefined {
  if (plugin.inheritFrom === undefined || plugin.variant !== undefined) return undefined;
  return project.plugins.find((each) => each.type === plugin.type && each.name === plugin.inheritFrom);
}

/**
 * The definition that a plugin and its ancestors rest on; undefined for a custom plugin and its heirs. Throws
 * `plugin.inheritance_cycle`, naming the plugins of the cycle.
 */
export function requiredDefinition(plugin: WrittenPlugin, project: Project): DefinitionRequest | undefined {
  const seen: WrittenPlugin[] = [];
  let root = plugin;
  for (
    let parent: WrittenPlugin | undefined = plugin;
    parent !== undefined;
    parent = parentEntry(root, project)
  ) {
    if (seen.includes(parent)) throw cycle([...seen.slice(seen.indexOf(parent)), parent]);
    seen.push(parent);
    root = parent;
  }
  if (isCustom(root)) return undefined;
  return { type: root.type, name: root.inheritFrom ?? root.name, variant: root.variant };
}

function cycle(plugins: readonly WrittenPlugin[]) {
  const [first] = plugins;
  return pluginError('inheritance_cycle', {
    message: `Plugins inherit from each other in a circle: ${plugins.map((each) => each.name).join(' → ')}`,
    hint: 'Remove one `inherit_from`, or give it a `variant` so that it inherits from a definition',
    place: first?.place,
  });
}

/** All definitions that the plugins of a project rest on, each once. */
export function requiredDefinitions(project: Project): readonly DefinitionRequest[] {
  const requests = project.plugins.flatMap((plugin) => requiredDefinition(plugin, project) ?? []);
  return [...new Map(requests.map((request) => [definitionKey(request), request])).values()];
}

export function definitionKey({ type, name, variant }: DefinitionRequest): string {
  return `${type}/${name}/${variant ?? ''}`;
}

/**
 * Folds an entry, its ancestors and its definition into one. `find` answers with the definitions named by
 * {@link requiredDefinitions}; a missing one throws `plugin.definition_missing`.
 */
export function resolvePlugin(plugin: WrittenPlugin, project: Project, find: FindDefinition): ResolvedPlugin {
  requiredDefinition(plugin, project);
  const entry = parentEntry(plugin, project);
  const parent = entry && resolvePlugin(entry, project, find);
  const definition = parent?.definition ?? definitionOf(plugin, find);
  const ancestor = parent ?? definitionPlugin(definition, plugin);
  return {
    ...inherit(plugin, ancestor),
    parent,
    definition,
    folder: chooseFolder(plugin, ancestor, project, find),
  };
}

function definitionOf(plugin: WrittenPlugin, find: FindDefinition): PluginDefinition {
  // What a custom plugin's entry says beside its definition is the project's, and so no default.
  if (isCustom(plugin)) return { ...parseDefinition(plugin.type, plugin.entry), extras: {} };
  const request = { type: plugin.type, name: plugin.inheritFrom ?? plugin.name, variant: plugin.variant };
  const found = find(request);
  if (found !== undefined) return found;
  const { descriptor } = pluginTypeWords[plugin.type];
  throw pluginError('definition_missing', {
    message: `${descriptor.charAt(0).toUpperCase()}${descriptor.slice(1)} '${request.name}' is not known to Meltano`,
    hint: 'Check https://hub.meltano.com/ for available plugins, or describe it yourself: give the entry a `namespace`, a `pip_url` and `settings`',
    place: plugin.place,
    details: { ...request },
  });
}

/** A definition seen as the ancestor of an entry. */
function definitionPlugin(definition: PluginDefinition, heir: WrittenPlugin): ResolvedPlugin {
  return {
    ...definition,
    kind: 'shadowing',
    label: definition.label ?? definition.name,
    parent: undefined,
    definition,
    executable: definition.executable ?? definition.name,
    extras: extraDefinitions(definition),
    installable: false,
    invokable: false,
    folder: definition.name,
    mapping: undefined,
    written: heir,
  };
}

function inherit(
  plugin: WrittenPlugin,
  from: ResolvedPlugin,
): Omit<ResolvedPlugin, 'parent' | 'definition' | 'folder'> {
  const { entry, type, name } = plugin;
  const kind = isCustom(plugin) ? 'custom' : plugin.inheritFrom === undefined ? 'shadowing' : 'inheriting';
  const inheriting = kind === 'inheriting';
  const ownPipUrl = optionalText(entry['pip_url']);
  const ownPackage = optionalText(entry['npm_package']);
  const pipUrl = ownPipUrl ?? (ownPackage === undefined ? from.pipUrl : undefined);
  const npmPackage = ownPackage ?? (ownPipUrl === undefined ? from.npmPackage : undefined);
  const groups = entry['settings_group_validation'];
  const capabilities = entry['capabilities'];
  return {
    type,
    name,
    kind,
    namespace: plugin.namespace ?? (inheriting ? name.replaceAll('-', '_') : from.namespace),
    label: optionalText(entry['label']) ?? (inheriting ? `${from.label}: ${name}` : from.label),
    variant: plugin.variant ?? from.variant,
    description: optionalText(entry['description']) ?? from.description,
    docs: from.docs,
    repo: from.repo,
    pipUrl,
    npmPackage,
    python: optionalText(entry['python']) ?? from.python,
    executable: optionalText(entry['executable']) ?? from.executable,
    capabilities: isJsonArray(capabilities) ? parseTexts(capabilities) : from.capabilities,
    settings: inheritSettings(plugin, from.settings),
    extras: [...from.extras, ...inferSettings(from.extras, prefixExtras(plugin.extras))],
    settingsGroupValidation: isJsonArray(groups) ? parseGroups(groups) : from.settingsGroupValidation,
    commands: { ...from.commands, ...parseCommands(entry['commands']) },
    requires: appendRequires(from.requires, kind === 'custom' ? {} : parseRequires(entry['requires'])),
    requiresMeltano: optionalText(entry['requires_meltano']) ?? from.requiresMeltano,
    installable: pipUrl !== undefined || npmPackage !== undefined,
    invokable: type !== 'files' && type !== 'transforms',
    mapping: undefined,
    written: plugin,
  };
}

function inheritSettings(
  plugin: WrittenPlugin,
  inherited: readonly SettingDefinition[],
): readonly SettingDefinition[] {
  const own = parseSettings(plugin.entry['settings']);
  const redefined = new Set(own.map((setting) => setting.name));
  const declared = inheritSensitivity([
    ...inherited.filter((setting) => !redefined.has(setting.name)),
    ...own,
  ]);
  return [...declared, ...inferSettings(declared, plugin.config)];
}

function appendRequires(
  first: ResolvedPlugin['requires'],
  second: ResolvedPlugin['requires'],
): ResolvedPlugin['requires'] {
  const joined = pluginTypes.flatMap((type) => {
    const list: readonly PluginRequirement[] = [...(first[type] ?? []), ...(second[type] ?? [])];
    return list.length === 0 ? [] : [[type, list] as const];
  });
  return Object.fromEntries(joined);
}

/**
 * An heir that installs the same as its ancestor shares the ancestor's folder. Several entries can rest on one
 * definition with different packages: the first of them has the folder named after it, each other one its own.
 */
function chooseFolder(
  plugin: WrittenPlugin,
  ancestor: ResolvedPlugin,
  project: Project,
  find: FindDefinition,
): string {
  if (plugin.inheritFrom === undefined) return plugin.name;
  const own = optionalText(plugin.entry['pip_url']);
  if (own !== undefined && own !== ancestor.pipUrl) return plugin.name;
  if (parentEntry(plugin, project) !== undefined) return ancestor.folder;
  const owner = folderOwner(plugin, ancestor.folder, project);
  return owner === plugin || installsSame(owner, ancestor, find) ? ancestor.folder : plugin.name;
}

function folderOwner(plugin: WrittenPlugin, folder: string, project: Project): WrittenPlugin {
  const ofType = project.plugins.filter((each) => each.type === plugin.type);
  return (
    ofType.find((each) => each.name === folder) ??
    ofType.find((each) => each.inheritFrom === folder && parentEntry(each, project) === undefined) ??
    plugin
  );
}

function installsSame(owner: WrittenPlugin, ancestor: ResolvedPlugin, find: FindDefinition): boolean {
  if (isCustom(owner)) return optionalText(owner.entry['pip_url']) === ancestor.pipUrl;
  const definition = find({
    type: owner.type,
    name: owner.inheritFrom ?? owner.name,
    variant: owner.variant,
  });
  const pipUrl = optionalText(owner.entry['pip_url']) ?? definition?.pipUrl;
  return pipUrl === ancestor.pipUrl && definition?.npmPackage === ancestor.npmPackage;
}

/** The plugins that stand for the mappings of a mapper, in the order of `mappings`. */
export function mappingPlugins(mapper: ResolvedPlugin): readonly ResolvedPlugin[] {
  const mappings = mapper.written.extras['mappings'];
  if (mapper.type !== 'mappers' || !isJsonArray(mappings)) return [];
  return mappings.filter(isJsonObject).flatMap((mapping) => {
    const name = optionalText(mapping['name']);
    if (name === undefined) return [];
    const config = isJsonObject(mapping['config']) ? mapping['config'] : {};
    const extras = { ...mapper.written.extras, mapping: true, mapping_name: name };
    const written = { ...mapper.written, config, extras };
    const settings = mapper.settings.filter((setting) => !setting.custom);
    return [
      {
        ...mapper,
        settings: [...settings, ...inferSettings(settings, config)],
        extras: [...mapper.extras, ...inferSettings(mapper.extras, prefixExtras(extras))],
        installable: false,
        mapping: { name, config },
        written,
      },
    ];
  });
}
