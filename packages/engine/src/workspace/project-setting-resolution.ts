import type { ErrorPlace } from '@meltano/foundation/errors';

import type { ProjectFile } from '@meltano/project/document/parse-project-file';
import type { Project } from '@meltano/project/project';
import { expandEnv } from '@meltano/project/settings/env-chain';
import { projectPrefixes } from '@meltano/project/settings/env-names';
import type { FlatValues, SettingLayer } from '@meltano/project/settings/layer';
import { findPath } from '@meltano/project/settings/nesting';
import { projectSettingDefinitions } from '@meltano/project/settings/project-setting-definitions';
import { resolveSettings } from '@meltano/project/settings/resolve-settings';
import type { ResolvedSetting } from '@meltano/project/settings/resolved-setting';
import type { ReferenceValues } from '@meltano/project/settings/secret-reference';
import { inferSettings, type SettingDefinition } from '@meltano/project/settings/setting-definition';

export interface ProjectSettingsInput {
  readonly project: Project;
  readonly files: readonly ProjectFile[];
  readonly processEnv: Readonly<Record<string, string>>;
  readonly dotenv: Readonly<Record<string, string>>;
  /** `MELTANO_PROJECT_ROOT`, … as far as they are known. */
  readonly projectVariables: Readonly<Record<string, string>>;
  readonly overrides: FlatValues;
  readonly stored?: FlatValues | undefined;
  /** What references are replaced by; without it they stay as they are written. */
  readonly references?: ReferenceValues | undefined;
  readonly now: number;
}

/** Namespace of Meltano's own settings in the system database. */
export const projectNamespace = 'meltano';

/** Meltano's own settings and the unknown ones that the project file has, resolved through their layers. */
export function resolveProjectSettings(input: ProjectSettingsInput): readonly ResolvedSetting[] {
  const lenient = resolveWith(input, false);
  const strict =
    lenient.find(({ definition }) => definition.name === 'ff.strict_env_var_mode')?.value === true;
  return strict ? resolveWith(input, true) : lenient;
}

export function projectDefinitions(project: Project): readonly SettingDefinition[] {
  return [...projectSettingDefinitions, ...inferSettings(projectSettingDefinitions, project.settings)];
}

function resolveWith(input: ProjectSettingsInput, strict: boolean): readonly ResolvedSetting[] {
  const { project, processEnv, dotenv, projectVariables, stored } = input;
  const above = { ...dotenv, ...processEnv, ...projectVariables };
  const env = { ...processEnv, ...projectVariables, ...expandEnv(project.env, above, strict) };
  const layers: readonly SettingLayer[] = [
    { store: 'config_override', values: input.overrides },
    { store: 'env', variables: env },
    { store: 'dotenv', variables: dotenv },
    { store: 'meltano_yml', values: project.settings, place: (name) => settingPlace(input.files, name) },
    ...(stored === undefined ? [] : [{ store: 'db', values: stored } as const]),
  ];
  return resolveSettings({
    definitions: projectDefinitions(project),
    layers,
    prefixes: projectPrefixes,
    variables: { ...dotenv, ...env },
    strict,
    ...(input.references !== undefined && { references: input.references }),
    now: input.now,
  });
}

/** The last file wins, as it does when files are merged. */
function settingPlace(files: readonly ProjectFile[], name: string): ErrorPlace | undefined {
  for (const file of [...files].reverse()) {
    const path = findPath(file.value, name);
    if (path !== undefined) return file.place(path);
  }
  return undefined;
}
