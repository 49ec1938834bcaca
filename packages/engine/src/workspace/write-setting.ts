import type { JsonValue } from '@meltano/foundation/json';
import { redacted } from '@meltano/foundation/redact';
import { castValue } from '@meltano/project/settings/cast-value';
import {
  chooseStore,
  type StoreChoice,
  type WritableStore,
  writableStores,
} from '@meltano/project/settings/choose-store';
import { projectPrefixes } from '@meltano/project/settings/env-names';
import {
  databaseNamespace,
  pluginPrefixes,
  settingDefinitions,
} from '@meltano/project/settings/plugin-settings';
import { projectSettingDefinitions } from '@meltano/project/settings/project-setting-definitions';
import { referencesIn } from '@meltano/project/settings/secret-reference';
import {
  findSetting,
  type SettingDefinition,
  sensitiveMember,
} from '@meltano/project/settings/setting-definition';
import { readOnlyProject } from './edit-project.ts';
import { projectDefinitions, projectNamespace } from './project-setting-resolution.ts';
import {
  type LocatedSetting,
  removeValue,
  resetStore,
  type SettingOwner,
  storeValue,
} from './setting-stores.ts';
import type { Workspace } from './workspace.ts';

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
  // What a reference stands for gets its kind when it is read.
  const isPlain = definition !== undefined && referencesIn(address.value).length === 0;
  const value = isPlain ? castValue(definition, address.value) : address.value;
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

async function locate(workspace: Workspace, { owner, path }: SettingAddress): Promise<LocatedSetting> {
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
    definition: findSetting(definitions, name) ?? sensitiveMember(definitions, name),
    prefixes: owner === 'meltano' ? projectPrefixes : pluginPrefixes(owner),
    namespace: owner === 'meltano' ? projectNamespace : databaseNamespace(owner),
  };
}

async function storeFor(
  workspace: Workspace,
  known: LocatedSetting,
  choice: StoreChoice,
): Promise<WritableStore> {
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
async function usableStores(
  workspace: Workspace,
  { owner }: LocatedSetting,
): Promise<readonly WritableStore[]> {
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
