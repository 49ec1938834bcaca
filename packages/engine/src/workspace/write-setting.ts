import { existsSync } from 'node:fs';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { redacted } from '@meltano/foundation/redact';
import { setDotenvVariable, unsetDotenvVariable } from '@meltano/project/dotenv/edit-dotenv';
import type { ProjectChange, ProjectTarget } from '@meltano/project/edit/project-change';
import { prefixExtras } from '@meltano/project/plugin/extra-definitions';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { castValue, stringifySetting } from '@meltano/project/settings/cast-value';
import {
  chooseStore,
  type StoreChoice,
  type WritableStore,
  writableStores,
} from '@meltano/project/settings/choose-store';
import { type EnvPrefixes, projectPrefixes, readVariables } from '@meltano/project/settings/env-names';
import {
  databaseNamespace,
  environmentPlugin,
  pluginPrefixes,
  settingDefinitions,
} from '@meltano/project/settings/plugin-settings';
import { projectSettingDefinitions } from '@meltano/project/settings/project-setting-definitions';
import { findSetting, type SettingDefinition } from '@meltano/project/settings/setting-definition';
import { entryPath, settingPlaces } from '@meltano/project/settings/setting-path';
import { editProject, readOnlyProject } from './edit-project.ts';
import { readText } from './project-files.ts';
import { projectDefinitions, projectNamespace } from './project-setting-resolution.ts';
import { replaceFile } from './replace-file.ts';
import type { Workspace } from './workspace.ts';

/** Whose settings are written: a plugin's, or Meltano's own. */
export type SettingOwner = ResolvedPlugin | 'meltano';

export interface SettingWrite {
  readonly workspace: Workspace;
  /** Where it was written or removed; of several places the last. Undefined when nothing was done. */
  readonly store: WritableStore | undefined;
  readonly definition: SettingDefinition | undefined;
  /** The name as it was given, parts joined with dots. */
  readonly name: string;
  /** As it was stored, cast to the setting's kind. */
  readonly value: JsonValue;
}

export interface SettingAddress {
  readonly owner: SettingOwner;
  /** Parts of the name, see `settingPath`; extras begin with `_`. */
  readonly path: readonly string[];
  readonly store?: StoreChoice;
}

/**
 * Sets a setting in the store that is asked for or fits best. The value is cast to the setting's kind first.
 * The text `(redacted)` is never stored: it stands where a secret was hidden.
 */
export async function setSetting(
  workspace: Workspace,
  address: SettingAddress & { readonly value: JsonValue },
): Promise<SettingWrite> {
  const known = await locate(workspace, address);
  const { definition, name } = known;
  if (address.value === redacted) return { workspace, store: undefined, definition, name, value: null };
  const value = definition === undefined ? address.value : castValue(definition, address.value);
  const store = await storeFor(workspace, known, address.store ?? 'auto');
  return { workspace: await storeValue(workspace, known, store, value), store, definition, name, value };
}

/** Removes a setting from one store or, with `auto`, from all that can be written. */
export async function unsetSetting(workspace: Workspace, address: SettingAddress): Promise<SettingWrite> {
  const known = await locate(workspace, address);
  const choice = address.store ?? 'auto';
  const stores =
    choice === 'auto' ? await usableStores(workspace, known) : [await storeFor(workspace, known, choice)];
  let current = workspace;
  for (const store of stores) current = await removeValue(current, known, store);
  return {
    workspace: current,
    store: stores.at(-1),
    definition: known.definition,
    name: known.name,
    value: null,
  };
}

/** Removes all settings and extras of an owner, and nothing else, from one store or from all. */
export async function resetSettings(
  workspace: Workspace,
  address: { readonly owner: SettingOwner; readonly store?: StoreChoice },
): Promise<{ readonly workspace: Workspace; readonly stores: readonly WritableStore[] }> {
  const known = await locate(workspace, { ...address, path: [] });
  const choice = address.store ?? 'auto';
  const stores =
    choice === 'auto' ? await usableStores(workspace, known) : [await storeFor(workspace, known, choice)];
  let current = workspace;
  for (const store of stores) current = await resetStore(current, known, store);
  return { workspace: current, stores };
}

interface Known {
  readonly owner: SettingOwner;
  readonly path: readonly string[];
  readonly name: string;
  readonly definitions: readonly SettingDefinition[];
  readonly definition: SettingDefinition | undefined;
  readonly prefixes: EnvPrefixes;
  readonly namespace: string;
}

async function locate(workspace: Workspace, { owner, path }: SettingAddress): Promise<Known> {
  const definitions =
    owner === 'meltano'
      ? projectDefinitions(workspace.project)
      : settingDefinitions(owner, workspace.selection.environment);
  const name = path.join('.');
  return {
    owner,
    path,
    name,
    definitions,
    definition: findSetting(definitions, name),
    prefixes: owner === 'meltano' ? projectPrefixes : pluginPrefixes(owner),
    namespace: owner === 'meltano' ? projectNamespace : databaseNamespace(owner),
  };
}

async function storeFor(workspace: Workspace, known: Known, choice: StoreChoice): Promise<WritableStore> {
  const { selection, readOnly } = workspace;
  const active = selection.environment !== undefined;
  return chooseStore({
    choice,
    definition:
      choice === 'dotenv' && known.path.length === 0 ? projectSettingDefinitions[0] : known.definition,
    target: known.owner === 'meltano' ? 'project' : 'plugin',
    readOnly,
    environment: !active ? 'none' : selection.source === 'default' ? 'default' : 'explicit',
    hasDatabase: (await workspace.database()) !== undefined,
  });
}

/** The stores that `auto` removes from: all that can be written here. */
async function usableStores(workspace: Workspace, { owner }: Known): Promise<readonly WritableStore[]> {
  const hasDatabase = (await workspace.database()) !== undefined;
  if (workspace.readOnly && !hasDatabase) throw readOnlyProject();
  return writableStores.filter((store) => {
    if (store === 'db') return hasDatabase;
    if (workspace.readOnly) return false;
    return (
      store !== 'meltano_environment' ||
      (owner !== 'meltano' && workspace.selection.environment !== undefined)
    );
  });
}

async function storeValue(
  workspace: Workspace,
  known: Known,
  store: WritableStore,
  value: JsonValue,
): Promise<Workspace> {
  const { definition, prefixes, namespace, name } = known;
  if (store === 'db') {
    await (await workspace.database())?.set(namespace, definition?.name ?? name, value);
    return workspace;
  }
  if (store === 'dotenv') {
    const [first, ...others] = definition === undefined ? [] : readVariables(definition, prefixes);
    if (first === undefined) return workspace;
    const text = stringifySetting(definition, value);
    return editDotenv(workspace, (before) => {
      const cleaned = others.reduce((rest, other) => unsetDotenvVariable(rest, other.name), before);
      return setDotenvVariable(cleaned, first.name, text);
    });
  }
  const target = targetOf(workspace, known, store);
  const places = settingPlaces(valuesIn(workspace, known, store), known.path, definition);
  const own = JSON.stringify(known.path);
  const changes: readonly ProjectChange[] = [
    { kind: 'set', target, path: pathIn(known, known.path), value },
    ...places
      .filter((place) => JSON.stringify(place) !== own)
      .map((place): ProjectChange => ({ kind: 'unset', target, path: pathIn(known, place) })),
  ];
  return editProject(workspace, changes);
}

async function removeValue(workspace: Workspace, known: Known, store: WritableStore): Promise<Workspace> {
  const { definition, prefixes, namespace, name } = known;
  if (store === 'db') {
    await (await workspace.database())?.unset(namespace, definition?.name ?? name);
    return workspace;
  }
  if (store === 'dotenv') {
    const variables = definition === undefined ? [] : readVariables(definition, prefixes);
    return editDotenv(workspace, (before) =>
      variables.reduce((rest, each) => unsetDotenvVariable(rest, each.name), before),
    );
  }
  const target = targetOf(workspace, known, store);
  const places = settingPlaces(valuesIn(workspace, known, store), known.path, definition);
  if (places.length === 0) return workspace;
  return editProject(
    workspace,
    places.map((place) => ({ kind: 'unset', target, path: pathIn(known, place) })),
  );
}

async function resetStore(workspace: Workspace, known: Known, store: WritableStore): Promise<Workspace> {
  if (store === 'db') {
    await (await workspace.database())?.reset(known.namespace);
    return workspace;
  }
  if (store === 'dotenv') {
    const names = known.definitions.flatMap((each) =>
      readVariables(each, known.prefixes).map((variable) => variable.name),
    );
    return editDotenv(workspace, (before) =>
      names.reduce((rest, name) => unsetDotenvVariable(rest, name), before),
    );
  }
  const target = targetOf(workspace, known, store);
  const values = Object.keys(valuesIn(workspace, known, store));
  const resettable = known.owner === 'meltano' ? values.filter(isOwnSetting) : values;
  if (resettable.length === 0) return workspace;
  return editProject(
    workspace,
    resettable.map((key) => ({ kind: 'unset', target, path: pathIn(known, [key]) })),
  );
}

/** A top-level key that holds settings of Meltano; the project's identity is none that can be reset. */
function isOwnSetting(key: string): boolean {
  if (key === 'project_id') return false;
  return projectSettingDefinitions.some(({ name }) => name === key || name.startsWith(`${key}.`));
}

function targetOf(
  workspace: Workspace,
  { owner }: Known,
  store: 'meltano_yml' | 'meltano_environment',
): ProjectTarget {
  if (owner === 'meltano') return { kind: 'project' };
  const { type, name } = owner;
  if (store === 'meltano_yml') return { kind: 'plugin', type, name };
  return { kind: 'environment-plugin', environment: workspace.environment ?? '', type, name };
}

/** The settings that a store has now, extras with `_`. */
function valuesIn(
  workspace: Workspace,
  { owner }: Known,
  store: 'meltano_yml' | 'meltano_environment',
): JsonObject {
  const { project, selection } = workspace;
  if (owner === 'meltano') return project.merged;
  const entry =
    store === 'meltano_yml'
      ? project.plugins.find((each) => each.type === owner.type && each.name === owner.name)
      : environmentPlugin(owner, selection.environment);
  return entry === undefined ? {} : { ...entry.config, ...prefixExtras(entry.extras) };
}

function pathIn({ owner }: Known, path: readonly string[]): readonly string[] {
  return owner === 'meltano' ? path : entryPath(path);
}

async function editDotenv(workspace: Workspace, change: (text: string) => string): Promise<Workspace> {
  if (workspace.readOnly) throw readOnlyProject();
  const file = workspace.dotenvFile;
  const before = existsSync(file) ? readText(file, file) : '';
  const after = change(before);
  if (after === before) return workspace;
  // Secrets lie here: nobody else may read a new file.
  replaceFile(file, after, 0o600);
  return workspace.reload();
}
