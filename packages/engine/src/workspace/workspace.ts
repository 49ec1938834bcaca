import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { ProjectFile } from '@meltano/project/document/parse-project-file';
import type { Environment } from '@meltano/project/environment';
import type { PluginType } from '@meltano/project/plugin/plugin-type';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { Project } from '@meltano/project/project';
import type { ResolvedSetting } from '@meltano/project/settings/resolved-setting';
import type { DatabaseSettings } from './database-settings.ts';
import type { EnvironmentSelection } from './select-environment.ts';

/**
 * A project on disk together with what this process adds to it: the environment variables, `.env`, the
 * active environment, values given on the command line. Reading is cheap and repeatable; what a project
 * says is a frozen value, and `edit` answers with a new workspace.
 */
export interface Workspace {
  /** Absolute, symbolic links resolved. */
  readonly root: string;
  /** `MELTANO_SYS_DIR_ROOT`, or `<root>/.meltano`. */
  readonly systemDir: string;
  readonly project: Project;
  /** Name of the active environment. */
  readonly environment: string | undefined;
  /** The process environment it was opened with, frozen. */
  readonly processEnv: Readonly<Record<string, string>>;
  readonly dotenv: Readonly<Record<string, string>>;
  /** Absolute path of the `.env` file, whether it exists or not. */
  readonly dotenvFile: string;
  /** `meltano.yml` first, then the included files; paths are relative to the root. */
  readonly files: readonly ProjectFile[];
  /** How the active environment was chosen. */
  readonly selection: EnvironmentSelection;
  /** The project refuses changes of its files (`project_readonly`). */
  readonly readOnly: boolean;
  /** References to variables that are not set are errors (`ff.strict_env_var_mode`). */
  readonly strict: boolean;
  /** What every process that the project starts sees of it: `MELTANO_PROJECT_ROOT`, `MELTANO_ENVIRONMENT`, … */
  readonly projectVariables: Readonly<Record<string, string>>;
  /** The environment of processes that belong to no plugin: process, `.env`, the project's `env:`, later wins. */
  readonly projectEnv: Readonly<Record<string, string>>;

  /** All plugins of the project, in the order of plugin types and of the files; mappings not included. */
  plugins(): Promise<readonly ResolvedPlugin[]>;
  /** Throws `plugin.not_found` with near names. With a type, only that type is searched. */
  findPlugin(name: string, type?: PluginType): Promise<ResolvedPlugin>;
  /** Undefined instead of an error; also finds mappings by their name. */
  lookUpPlugin(name: string, type?: PluginType): Promise<ResolvedPlugin | undefined>;

  /** One of Meltano's own settings, e.g. `database_uri`, `elt.buffer_size`; references in it are followed. */
  projectSetting(name: string): ResolvedSetting;
  /** As they are written: references in them are not followed. */
  projectSettings(): readonly ResolvedSetting[];
  /** The same with the values of the system database, for showing and changing them. */
  storedProjectSettings(options?: ReadOptions): Promise<readonly ResolvedSetting[]>;
  /** Every setting and extra of a plugin, resolved. */
  pluginSettings(plugin: ResolvedPlugin, options?: PrepareOptions): Promise<PluginSettings>;
  /** All that is needed to start the plugin; references in its settings are followed. */
  preparePlugin(plugin: ResolvedPlugin, options?: PrepareOptions): Promise<PreparedPlugin>;
  /** The mappings of all mappers, in their order. */
  mappings(): Promise<readonly ResolvedPlugin[]>;
  /** What `pip_url` of a plugin may refer to (meltano-project §5.4), without `MELTANO__PYTHON_VERSION`. */
  installVariables(plugin: ResolvedPlugin): Readonly<Record<string, string>>;
  /** `state_id_suffix` of the active environment, expanded; the plugin's variables can be referred to. */
  stateIdSuffix(plugin: ResolvedPlugin, options?: PrepareOptions): Promise<string | undefined>;
  /** Settings kept in the system database, if it was given. */
  database(): Promise<DatabaseSettings | undefined>;
  /** Reads the project anew, with the same options. */
  reload(): Promise<Workspace>;
  /** The same project with another active environment, e.g. to look at each in turn. */
  withEnvironment(environment: Environment | undefined): Promise<Workspace>;
}

export interface ReadOptions {
  /**
   * Follow references such as `${exec:…}` in the values. Without it nothing is read and no program started:
   * such values stay as they are written, and are marked `unread`.
   */
  readonly follow?: boolean;
}

export interface PrepareOptions extends ReadOptions {
  /** What the blocks before this one in a pipeline export (meltano-project §3.11). */
  readonly upstream?: Readonly<Record<string, string>>;
  /** Strongest layer: setting name (extras with `_`) → value, e.g. from `--catalog`. */
  readonly overrides?: Readonly<Record<string, JsonValue>>;
}

export interface PluginSettings {
  readonly settings: readonly ResolvedSetting[];
  readonly extras: readonly ResolvedSetting[];
}

/** A plugin ready to be started, as far as the project decides it. Frozen. */
export interface PreparedPlugin {
  readonly plugin: ResolvedPlugin;
  /** Settings, processed, nested on dots, nulls left out: the content of a Singer config file. */
  readonly config: JsonObject;
  /** Settings by flat name, unprocessed, nulls included: the catalog cache key is made of them. */
  readonly flatConfig: JsonObject;
  /** Extras by name with the leading `_`, e.g. `_select`. */
  readonly extras: JsonObject;
  /** The environment of the plugin's process, before what the plugin class and its venv add. */
  readonly env: Readonly<Record<string, string>>;
  /** What later blocks of a pipeline get to see: info variables, settings and extras. */
  readonly exported: Readonly<Record<string, string>>;
  /** Values of sensitive settings, to be hidden wherever text leaves the program. */
  readonly secrets: readonly string[];
}
