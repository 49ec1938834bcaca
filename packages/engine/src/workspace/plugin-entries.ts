import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { ProjectChange } from '@meltano/project/edit/project-change';
import type { PluginDefinition } from '@meltano/project/plugin/definition';
import { lockFilePath } from '@meltano/project/plugin/lock-file';
import type { PluginType } from '@meltano/project/plugin/plugin-type';
import { parentEntry, requiredDefinition } from '@meltano/project/plugin/resolve-plugin';
import type { WrittenPlugin } from '@meltano/project/plugin/written-plugin';
import type { Project } from '@meltano/project/project';
import { editProject } from './edit-project.ts';
import { lockFilesOf } from './lock-files.ts';
import type { Workspace } from './workspace.ts';

export interface PluginAddition {
  readonly type: PluginType;
  readonly name: string;
  /** Parent in the project or name of the definition, when it differs from `name`. */
  readonly inheritFrom?: string | undefined;
  /** The definition it rests on; undefined when the parent is a plugin of the project, or for a custom plugin. */
  readonly definition?: PluginDefinition | undefined;
  readonly python?: string | undefined;
  /** The whole entry of a custom plugin, beginning with `name`. */
  readonly custom?: JsonObject | undefined;
  /** False leaves an existing entry alone, as `--no-update` says. */
  readonly update?: boolean;
}

export interface AddedPlugin {
  readonly workspace: Workspace;
  /** `exists`: nothing was changed, because of another variant or because no update is wanted. */
  readonly status: 'added' | 'updated' | 'exists';
  readonly entry: JsonObject;
}

/**
 * Writes the entry of a plugin. An existing entry of the same variant is updated: what was customised in it
 * stays, only `variant`, a `pip_url` that was not changed by hand, and a given `python` are renewed.
 */
export async function addPlugin(workspace: Workspace, addition: PluginAddition): Promise<AddedPlugin> {
  const { type, name } = addition;
  const existing = workspace.project.plugins.find((each) => each.type === type && each.name === name);
  const entry = newEntry(addition);
  const target = { kind: 'plugin', type, name } as const;
  if (existing === undefined) {
    return {
      workspace: await editProject(workspace, [{ kind: 'add', target, entry }]),
      status: 'added',
      entry,
    };
  }
  if (addition.update === false || !isSameVariant(existing, addition)) {
    return { workspace, status: 'exists', entry: existing.entry };
  }
  const renewed = await renewedMembers(workspace, existing, entry);
  const changes = Object.entries(renewed).map(
    ([key, value]): ProjectChange => ({ kind: 'set', target, path: [key], value }),
  );
  return {
    workspace: await editProject(workspace, changes),
    status: 'updated',
    entry: { ...existing.entry, ...renewed },
  };
}

function newEntry({ name, inheritFrom, definition, python, custom }: PluginAddition): JsonObject {
  if (custom !== undefined) return custom;
  const members: readonly (readonly [string, JsonValue | undefined])[] = [
    ['name', name],
    ['inherit_from', inheritFrom === name ? undefined : inheritFrom],
    ['variant', definition?.variant],
    ['pip_url', definition?.pipUrl],
    ['python', python],
  ];
  return Object.fromEntries(members.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

function isSameVariant(existing: WrittenPlugin, { definition, custom }: PluginAddition): boolean {
  const wanted =
    definition?.variant ?? (typeof custom?.['variant'] === 'string' ? custom['variant'] : undefined);
  return existing.variant === undefined || wanted === undefined || existing.variant === wanted;
}

async function renewedMembers(
  workspace: Workspace,
  existing: WrittenPlugin,
  entry: JsonObject,
): Promise<JsonObject> {
  const written = existing.entry['pip_url'];
  const known = (await workspace.lookUpPlugin(existing.name, existing.type).catch(() => undefined))
    ?.definition.pipUrl;
  const isCustomised = written !== undefined && written !== known;
  return Object.fromEntries(
    Object.entries(entry).filter(([key]) => key !== 'name' && !(key === 'pip_url' && isCustomised)),
  );
}

export interface RemovedPlugin {
  readonly workspace: Workspace;
  /** Settings removed from the system database; undefined when there is none. */
  readonly settings: number | undefined;
  /** Whether the project had the plugin. */
  readonly entry: boolean;
  /** The removed installation, relative to the system folder; undefined when there was none, or another plugin uses it. */
  readonly installation: string | undefined;
  /** Lock files that were removed, relative to the root. */
  readonly locks: readonly string[];
}

/** Removes a plugin's entry, its installation, its lock files and its stored settings, unless others need them. */
export async function removePlugin(
  workspace: Workspace,
  type: PluginType,
  name: string,
): Promise<RemovedPlugin> {
  const { project, root, systemDir } = workspace;
  const database = await workspace.database();
  const settings = await database?.reset(`${type}.${name}.default`);
  const entry = project.plugins.some((each) => each.type === type && each.name === name);
  const folders = await foldersOfOthers(workspace, type, name);
  const changed = entry
    ? await editProject(workspace, [{ kind: 'remove', target: { kind: 'plugin', type, name } }])
    : workspace;
  const folder = join(type, name);
  const installed = existsSync(join(systemDir, folder)) && !folders.has(name);
  if (installed) rmSync(join(systemDir, folder), { recursive: true, force: true });
  const needed = locksOfOthers(changed);
  const locks = lockFilesOf(root, type, name).filter((path) => !needed.has(path));
  for (const path of locks) rmSync(join(root, path), { force: true });
  return { workspace: changed, settings, entry, installation: installed ? folder : undefined, locks };
}

/** What an entry inherits from, however far up: names of plugins, at last of a definition. */
function ancestorNames(plugin: WrittenPlugin, project: Project): readonly string[] {
  const names: string[] = [];
  let entry: WrittenPlugin | undefined = plugin;
  while (entry?.inheritFrom !== undefined && !names.includes(entry.inheritFrom)) {
    names.push(entry.inheritFrom);
    entry = parentEntry(entry, project);
  }
  return names;
}

/** Only heirs can share an installation; all others are left unread, and what the Hub says of them unasked. */
async function foldersOfOthers(
  workspace: Workspace,
  type: PluginType,
  name: string,
): Promise<ReadonlySet<string>> {
  const others = workspace.project.plugins.filter(
    (each) =>
      each.type === type && each.name !== name && ancestorNames(each, workspace.project).includes(name),
  );
  const resolved = await Promise.all(
    others.map((each) => workspace.lookUpPlugin(each.name, type).catch(() => undefined)),
  );
  return new Set(resolved.flatMap((plugin) => plugin?.folder ?? []));
}

function locksOfOthers({ project, root }: Workspace): ReadonlySet<string> {
  const paths = project.plugins.flatMap((plugin) => {
    const request = requiredDefinition(plugin, project);
    if (request === undefined) return [];
    if (request.variant === undefined) return lockFilesOf(root, request.type, request.name);
    return [lockFilePath(request.type, request.name, request.variant)];
  });
  return new Set(paths);
}
