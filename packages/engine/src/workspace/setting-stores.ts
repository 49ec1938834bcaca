import { existsSync } from 'node:fs';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { setDotenvVariable, unsetDotenvVariable } from '@meltano/project/dotenv/edit-dotenv';
import type { ProjectChange, ProjectTarget } from '@meltano/project/edit/project-change';
import { prefixExtras } from '@meltano/project/plugin/extra-definitions';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { stringifySetting } from '@meltano/project/settings/cast-value';
import type { WritableStore } from '@meltano/project/settings/choose-store';
import { type EnvPrefixes, readVariables } from '@meltano/project/settings/env-names';
import { environmentPlugin } from '@meltano/project/settings/plugin-settings';
import { projectSettingDefinitions } from '@meltano/project/settings/project-setting-definitions';
import type { SettingDefinition } from '@meltano/project/settings/setting-definition';
import { entryPath, settingPlaces } from '@meltano/project/settings/setting-path';
import { editProject, readOnlyProject } from './edit-project.ts';
import { readText } from './project-files.ts';
import { replaceText } from './replace-file.ts';
import type { Workspace } from './workspace.ts';

/** Whose settings are written: a plugin's, or Meltano's own. */
export type SettingOwner = ResolvedPlugin | 'meltano';

/** A setting that was found, with all that its stores need to know about it. */
export interface LocatedSetting {
  readonly owner: SettingOwner;
  readonly path: readonly string[];
  readonly name: string;
  readonly definitions: readonly SettingDefinition[];
  readonly definition: SettingDefinition | undefined;
  readonly prefixes: EnvPrefixes;
  readonly namespace: string;
}

export async function storeValue(
  workspace: Workspace,
  known: LocatedSetting,
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
    if (definition === undefined || first === undefined) return workspace;
    const text = stringifySetting(definition, value);
    const written = await editDotenv(workspace, (before) => {
      const cleaned = others.reduce((rest, other) => unsetDotenvVariable(rest, other.name), before);
      return setDotenvVariable(cleaned, first.name, text);
    });
    return known.definitions.includes(definition) ? written : referTo(written, known, first.name);
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

/** A variable of a setting that nothing declares is read only once the project file has the key. */
function referTo(workspace: Workspace, known: LocatedSetting, variable: string): Promise<Workspace> {
  const target = targetOf(workspace, known, 'meltano_yml');
  return editProject(workspace, [
    { kind: 'set', target, path: pathIn(known, known.path), value: `$${variable}` },
  ]);
}

export async function removeValue(
  workspace: Workspace,
  known: LocatedSetting,
  store: WritableStore,
): Promise<Workspace> {
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

export async function resetStore(
  workspace: Workspace,
  known: LocatedSetting,
  store: WritableStore,
): Promise<Workspace> {
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
  { owner }: LocatedSetting,
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
  { owner }: LocatedSetting,
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

function pathIn({ owner }: LocatedSetting, path: readonly string[]): readonly string[] {
  return owner === 'meltano' ? path : entryPath(path);
}

async function editDotenv(workspace: Workspace, change: (text: string) => string): Promise<Workspace> {
  if (workspace.readOnly) throw readOnlyProject();
  const file = workspace.dotenvFile;
  const before = existsSync(file) ? readText(file, file) : '';
  const after = change(before);
  if (after === before) return workspace;
  // Secrets lie here: nobody else may read a new file.
  replaceText(file, after, 0o600);
  return workspace.reload();
}
