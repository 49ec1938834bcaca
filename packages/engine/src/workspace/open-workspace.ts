import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Log, silentLog } from '@meltano/foundation/log';
import { pythonText } from '@meltano/foundation/python-text';
import { parseDotenv, unreadableLines } from '@meltano/project/dotenv/parse-dotenv';
import type { Environment } from '@meltano/project/environment';
import type { Project } from '@meltano/project/project';
import { assertRequiresMeltano, compatibleMeltanoVersion } from '@meltano/project/requires-meltano';
import { expandEnv } from '@meltano/project/settings/env-chain';
import { projectPrefixes } from '@meltano/project/settings/env-names';
import type { FlatValues } from '@meltano/project/settings/layer';
import { exportSettings } from '@meltano/project/settings/resolve-settings';
import type { ResolvedSetting } from '@meltano/project/settings/resolved-setting';
import type { ReferenceValues, SecretReference } from '@meltano/project/settings/secret-reference';
import type { DatabaseSettings } from './database-settings.ts';
import { type DefinitionSource, noDefinitions } from './definition-source.ts';
import { createDefinitions } from './definitions.ts';
import { workspaceError } from './errors.ts';
import { requireProjectRoot } from './find-project-root.ts';
import { createPluginReader, type PluginReader } from './plugin-reader.ts';
import { loadProjectFiles, type ProjectFiles, readText } from './project-files.ts';
import { projectNamespace, resolveProjectSettings } from './project-setting-resolution.ts';
import { inSetting } from './reference-error.ts';
import type { ReferencePlace, ReferenceSource } from './reference-source.ts';
import { type EnvironmentRule, type EnvironmentSelection, selectEnvironment } from './select-environment.ts';
import { assertSystemDirPossible, prepareSystemDir, systemDirOf } from './system-dir.ts';
import type { ReadOptions, Workspace } from './workspace.ts';

type Variables = Readonly<Record<string, string>>;

export interface OpenWorkspaceOptions {
  readonly cwd: string;
  readonly processEnv: Readonly<Record<string, string | undefined>>;
  /** `--environment NAME`; null for `--no-environment`. */
  readonly environment?: string | null | undefined;
  /** What the command makes of environments; `default` when it is left out. */
  readonly environmentRule?: EnvironmentRule;
  /** `--env-file`: absolute, or relative to the project's root. */
  readonly envFile?: string | undefined;
  /** Values of Meltano's own settings from the command line; they are the strongest. */
  readonly overrides?: FlatValues;
  /** Asked for definitions that no lock file has; without it there are only lock files. */
  readonly definitions?: DefinitionSource;
  /** Opened when a plugin's settings are resolved for the first time. */
  readonly dbSettings?: DatabaseSettings | ((workspace: Workspace) => Promise<DatabaseSettings | undefined>);
  /** Path of the `meltano` program, for the link `run/bin` in the system folder. */
  readonly executable?: string | undefined;
  /** Follows references in settings; without it they are plain text. */
  readonly references?: ReferenceSource | undefined;
  readonly log?: Log;
  /** Milliseconds since the epoch, for settings such as `3 days ago`. */
  readonly now?: () => number;
}

/**
 * Opens the project around `cwd`: reads its files, `.env` and settings, chooses the environment, and makes the
 * system folder. Throws when there is no project, when its files cannot be read or are wrong, and when its
 * `requires_meltano` is not met.
 */
export async function openWorkspace(options: OpenWorkspaceOptions): Promise<Workspace> {
  const workspace = readWorkspace(options);
  warnOfUnreadableLines(workspace.dotenvFile, options.log ?? silentLog);
  return workspace;
}

function readWorkspace(options: OpenWorkspaceOptions): Workspace {
  const processEnv = definedOnly(options.processEnv);
  const root = requireProjectRoot(options.cwd, processEnv);
  const systemDir = systemDirOf(root, processEnv);
  assertSystemDirPossible(systemDir);
  const files = loadProjectFiles(root, systemDir);
  assertRequiresMeltano(files.project.requiresMeltano);
  prepareSystemDir(systemDir, options.executable, options.log ?? silentLog);
  return createWorkspace({ options, processEnv, root, systemDir, files });
}

/** Only the number of a line is told: what stands in it may be a secret. */
function warnOfUnreadableLines(file: string, log: Log): void {
  if (!existsSync(file)) return;
  for (const line of unreadableLines(readText(file, file)))
    log.log('warning', `${file}:${line} is neither NAME=value nor a comment, and is skipped`);
}

interface Opened {
  readonly options: OpenWorkspaceOptions;
  readonly processEnv: Variables;
  readonly root: string;
  readonly systemDir: string;
  readonly files: ProjectFiles;
  /** Set when an environment is chosen by a program, not by the options. */
  readonly selection?: EnvironmentSelection;
}

function createWorkspace(opened: Opened): Workspace {
  const { options, processEnv, root, systemDir } = opened;
  const { project, files } = opened.files;
  const dotenvFile = resolve(root, options.envFile ?? '.env');
  const dotenv = loadDotenv(dotenvFile, processEnv);
  const now = options.now ?? Date.now;
  const resolveOwn = (projectVariables: Variables, stored?: FlatValues, references?: ReferenceValues) =>
    resolveProjectSettings({
      project,
      files,
      processEnv,
      dotenv,
      projectVariables,
      overrides: options.overrides ?? {},
      stored,
      references: references ?? (options.references === undefined ? noReferences : undefined),
      now: now(),
    });
  const selection = opened.selection ?? chooseEnvironment(opened, dotenv, resolveOwn(fixedVariables(opened)));
  const projectVariables = {
    ...fixedVariables(opened),
    MELTANO_ENVIRONMENT: selection.environment?.name ?? '',
  };
  const settings = resolveOwn(projectVariables);
  const strict = settingValue(settings, 'ff.strict_env_var_mode') === true;
  const readOnly = settingValue(settings, 'project_readonly') === true;
  const database = createDatabaseAccess(options, () => workspace);
  const definitions = createDefinitions({
    root,
    project,
    source: options.definitions ?? noDefinitions,
    readOnly,
    log: options.log ?? silentLog,
  });
  const reader = createPluginReader({
    project,
    environment: selection.environment,
    processEnv,
    dotenv,
    projectVariables,
    // Unknown keys of the project file are nobody's settings.
    projectSettings: exportSettings(
      settings.filter(({ definition }) => !definition.custom),
      projectPrefixes,
    ),
    strict,
    now,
    root,
    definitions,
    database,
    references: options.references,
  });
  const readOwn = ownReferenceReader(options.references, { root, processEnv, dotenv });
  const workspace: Workspace = Object.freeze({
    root,
    systemDir,
    project,
    files,
    environment: selection.environment?.name,
    selection,
    processEnv,
    dotenv,
    dotenvFile,
    readOnly,
    strict,
    projectVariables,
    projectEnv: projectEnv(project, processEnv, dotenv, projectVariables, strict),
    ...reader,
    projectSetting(name: string) {
      const setting = requireSetting(settings, name);
      if (!setting.unread) return setting;
      return requireSetting(resolveOwn(projectVariables, undefined, readOwn([setting])), name);
    },
    projectSettings: () => settings,
    async storedProjectSettings({ follow = false }: ReadOptions = {}) {
      const rows = await (await database())?.list(projectNamespace);
      const stored = rows === undefined ? undefined : Object.fromEntries(rows);
      const found = stored === undefined ? settings : resolveOwn(projectVariables, stored);
      return follow ? resolveOwn(projectVariables, stored, readOwn(found)) : found;
    },
    database,
    reload: () => reopen(opened, selection),
    withEnvironment: (environment: Environment | undefined) =>
      Promise.resolve(createWorkspace({ ...opened, selection: chosen(environment) })),
  } satisfies Workspace & PluginReader);
  return workspace;
}

/** Values of the references in Meltano's own settings. */
function ownReferenceReader(source: ReferenceSource | undefined, place: ReferencePlace) {
  const read = (setting: ResolvedSetting, reference: SecretReference): string => {
    try {
      return source?.readNow(reference, place) ?? reference.text;
    } catch (error) {
      throw inSetting(error, setting, 'Meltano');
    }
  };
  return (settings: readonly ResolvedSetting[]): ReferenceValues =>
    new Map(
      settings.flatMap((setting) =>
        (setting.references ?? []).map((reference) => [reference.text, read(setting, reference)] as const),
      ),
    );
}

const noReferences: ReferenceValues = new Map();

/** An environment that a program chose stays chosen, as long as the project has it. */
async function reopen({ options, selection }: Opened, current: EnvironmentSelection): Promise<Workspace> {
  const workspace = readWorkspace(options);
  if (selection === undefined) return workspace;
  const name = current.environment?.name;
  return workspace.withEnvironment(workspace.project.environments.find((each) => each.name === name));
}

function chosen(environment: Environment | undefined): EnvironmentSelection {
  return {
    environment,
    source: environment === undefined ? 'disabled' : 'option',
    ignoredDefault: undefined,
  };
}

function chooseEnvironment(
  { options, processEnv, files }: Opened,
  dotenv: Variables,
  settings: readonly ResolvedSetting[],
): EnvironmentSelection {
  const defaultName = settingValue(settings, 'default_environment');
  return selectEnvironment(files.project, {
    rule: options.environmentRule ?? 'default',
    option: options.environment,
    variable: processEnv['MELTANO_ENVIRONMENT'],
    dotenv: dotenv['MELTANO_ENVIRONMENT'],
    defaultName: defaultName === null ? undefined : pythonText(defaultName),
  });
}

function fixedVariables({ root, systemDir, processEnv }: Opened): Variables {
  return {
    MELTANO_PROJECT_ROOT: root,
    MELTANO_SYS_DIR_ROOT: systemDir,
    MELTANO_USER_AGENT: `Meltano/${compatibleMeltanoVersion}`,
    MELTANO_JOB_TRIGGER: processEnv['MELTANO_JOB_TRIGGER'] || 'cli',
  };
}

function projectEnv(
  project: Project,
  processEnv: Variables,
  dotenv: Variables,
  projectVariables: Variables,
  strict: boolean,
): Variables {
  const above = { ...dotenv, ...processEnv, ...projectVariables };
  return { ...processEnv, ...projectVariables, ...dotenv, ...expandEnv(project.env, above, strict) };
}

function loadDotenv(file: string, processEnv: Variables): Variables {
  return existsSync(file) ? Object.freeze(parseDotenv(readText(file, file), processEnv)) : {};
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Variables {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.freeze(Object.fromEntries(entries));
}

function settingValue(settings: readonly ResolvedSetting[], name: string) {
  return settings.find(({ definition }) => definition.name === name)?.value ?? null;
}

function requireSetting(settings: readonly ResolvedSetting[], name: string): ResolvedSetting {
  const setting = settings.find(({ definition }) => definition.name === name);
  if (setting !== undefined) return setting;
  throw workspaceError('unknown_setting', {
    message: `Meltano has no setting '${name}'`,
    hint: 'See all of them with `meltano config list meltano --all`',
  });
}

function createDatabaseAccess(options: OpenWorkspaceOptions, workspace: () => Workspace) {
  const { dbSettings } = options;
  let opening: Promise<DatabaseSettings | undefined> | undefined;
  return (): Promise<DatabaseSettings | undefined> => {
    opening ??= typeof dbSettings === 'function' ? dbSettings(workspace()) : Promise.resolve(dbSettings);
    return opening;
  };
}
