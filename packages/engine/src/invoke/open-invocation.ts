import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type JsonValue, stringifyPythonJson } from '@meltano/foundation/json';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { getNpmPackage } from '../get-npm-package.ts';
import type { PreparedPlugin, Workspace } from '../workspace/workspace.ts';
import { commandArguments, findCommand, pluginArguments } from './build-arguments.ts';
import type { BuiltInPlace, BuiltInPlugin } from './built-in/built-in-plugin.ts';
import { findBuiltIn } from './built-in/find-built-in.ts';
import { invokeError } from './errors.ts';
import { locateExecutable, venvFolder } from './locate-executable.ts';
import { type PluginLogging, writeLoggingFiles } from './logging-files.ts';
import {
  copyStaticFiles,
  isSingerType,
  openRunFolder,
  type RunFiles,
  runFiles,
  writePrivateFile,
} from './run-files.ts';
import type { Watchdog } from './watchdog.ts';

export interface InvocationOptions {
  /** A folder of this run alone; without one the plugin's shared folder `<system dir>/run/<name>` is used. */
  readonly runDir?: string;
  readonly upstream?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, JsonValue>>;
  /** Where the log level comes from when the setting is not what counts, e.g. `--log-level`. */
  readonly logLevel?: string;
  /** Removes the files of this invocation alone even if this program is killed. */
  readonly watchdog?: Watchdog;
  /** Starts a native connector as a program of its own. */
  readonly launchNative?: LaunchNative;
}

/** The command line that starts a native connector as a Singer program; undefined when it is not there. */
export type LaunchNative = (
  npmPackage: string,
  executable: string,
) => { readonly command: string; readonly args: readonly string[] } | undefined;

/** A plugin ready to be started any number of times; `close` removes the files that hold secrets. */
export interface Invocation {
  readonly plugin: ResolvedPlugin;
  readonly prepared: PreparedPlugin;
  /** Undefined for plugins that are no Singer plugins. */
  readonly files: RunFiles | undefined;
  /** Of the plugins that Meltano knows by name. */
  readonly builtIn: (BuiltInPlace & { readonly plugin: BuiltInPlugin }) | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Throws `invoke.executable_not_found` and what else stops a program from being started. */
  commandLine(options?: CommandLineOptions): CommandLine;
  close(): void;
}

export interface CommandLineOptions {
  /** A named command of the plugin. */
  readonly command?: string | undefined;
  /** Added at the end. */
  readonly args?: readonly string[];
  /** False leaves the flag out although the file exists. */
  readonly catalog?: boolean;
  readonly state?: boolean;
}

export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
  /** Undefined: where this program was started. */
  readonly cwd: string | undefined;
  readonly warnings: readonly string[];
}

/** Resolves the plugin's settings and writes the files it is started with. */
export async function openInvocation(
  workspace: Workspace,
  plugin: ResolvedPlugin,
  options: InvocationOptions = {},
): Promise<Invocation> {
  const prepared = await workspace.preparePlugin(plugin, {
    ...(options.upstream === undefined ? {} : { upstream: options.upstream }),
    ...(options.overrides === undefined ? {} : { overrides: options.overrides }),
  });
  const files = isSingerType(plugin.type) ? writeFiles(workspace, prepared, options) : undefined;
  const builtIn = placeBuiltIn(workspace, plugin, options);
  const env = { ...processEnv(workspace, prepared, files), ...builtIn?.plugin.env(builtIn) };
  const secretFiles = [...(files === undefined ? [] : ownFiles(files)), ...(builtIn ? [builtIn.config] : [])];
  return {
    plugin,
    prepared,
    files,
    builtIn,
    env,
    commandLine: (line = {}) => commandLine({ workspace, prepared, files, env, options }, line),
    close() {
      for (const path of secretFiles) {
        rmSync(path, { force: true });
        options.watchdog?.forgetPath(path);
      }
    },
  };
}

/** Its configuration file is not written yet. */
function placeBuiltIn(workspace: Workspace, plugin: ResolvedPlugin, options: InvocationOptions) {
  const known = findBuiltIn(plugin);
  if (known === undefined) return undefined;
  const folder = options.runDir ?? join(workspace.systemDir, 'run', plugin.name);
  openRunFolder(folder);
  const config = join(folder, known.configFile);
  options.watchdog?.watchPath(config);
  return { plugin: known, folder, config };
}

function writeFiles(workspace: Workspace, prepared: PreparedPlugin, options: InvocationOptions): RunFiles {
  const { plugin, config, extras } = prepared;
  const folder = options.runDir ?? join(workspace.systemDir, 'run', plugin.name);
  openRunFolder(folder);
  const files = runFiles(plugin.type, folder, options.runDir !== undefined);
  for (const path of ownFiles(files)) options.watchdog?.watchPath(path);
  writePrivateFile(files.config, stringifyPythonJson(config, { indent: 2 }));
  copyStaticFiles(files, join(workspace.systemDir, plugin.type, plugin.folder));
  writeLoggingFiles(files, pluginLogging(workspace, prepared, extras['_log_parser'], options.logLevel));
  return files;
}

/** Those that nobody else reads and that must not outlive the invocation. */
function ownFiles(files: RunFiles): readonly string[] {
  return [
    files.config,
    ...(files.catalog === files.sharedCatalog ? [] : [files.catalog]),
    ...(files.state === files.sharedState ? [] : [files.state]),
  ];
}

function pluginLogging(
  workspace: Workspace,
  { plugin }: PreparedPlugin,
  parser: JsonValue | undefined,
  level: string | undefined,
): PluginLogging {
  const setting = level ?? workspace.projectSetting('cli.log_level').value;
  const name = typeof setting === 'string' ? setting.toUpperCase() : 'INFO';
  return {
    level: ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'].includes(name) ? name : 'INFO',
    structured: parser === 'singer-sdk' && plugin.capabilities.includes('structured-logging'),
  };
}

/** Source: meltano-runtime §2.5: logging variables are the weakest layer, the virtual environment the strongest. */
function processEnv(
  workspace: Workspace,
  prepared: PreparedPlugin,
  files: RunFiles | undefined,
): Readonly<Record<string, string>> {
  const { VIRTUAL_ENV: _venv, PYTHONPATH: _path, ...own } = prepared.env;
  const logging =
    files === undefined
      ? {}
      : { SINGER_SDK_LOG_CONFIG: files.sdkLogging, LOGGING_CONF_FILE: files.pipelinewiseLogging };
  const env: Record<string, string> = { ...logging, ...own };
  if (!prepared.plugin.pipUrl) return env;
  const venv = venvFolder(prepared.plugin, workspace.systemDir);
  const bin = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');
  const searched = env['PATH'] ?? '';
  return { ...env, VIRTUAL_ENV: venv, PATH: searched === '' ? bin : `${bin}${delimiter}${searched}` };
}

interface Ready {
  readonly workspace: Workspace;
  readonly prepared: PreparedPlugin;
  readonly files: RunFiles | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly options: InvocationOptions;
}

function commandLine(ready: Ready, line: CommandLineOptions): CommandLine {
  const { prepared, files, env } = ready;
  const { plugin } = prepared;
  const command = line.command === undefined ? undefined : findCommand(plugin, line.command);
  const { args, warnings } =
    command === undefined || line.command === undefined
      ? pluginArguments(plugin, files, line)
      : { args: commandArguments(line.command, command, env), warnings: [] };
  const program = findProgram(ready, command?.executable);
  return {
    command: program.command,
    args: [...program.args, ...args, ...(line.args ?? [])],
    cwd: workingFolder(prepared),
    warnings,
  };
}

function findProgram({ workspace, prepared, env, options }: Ready, executable: string | undefined) {
  const { plugin } = prepared;
  if (plugin.npmPackage !== undefined && !plugin.pipUrl) {
    const launch = options.launchNative?.(plugin.npmPackage, executable ?? plugin.executable);
    if (launch !== undefined) return launch;
    const program = executable ?? plugin.executable;
    throw invokeError('native_unavailable', {
      message: `The program '${program}' of the package ${plugin.npmPackage} of '${plugin.name}' was not found`,
      hint: `in the folder of the project: ${getNpmPackage(plugin.npmPackage, workspace.root)}; or check "executable" in the plugin's definition`,
      details: { plugin: plugin.name, npmPackage: plugin.npmPackage, executable: program },
    });
  }
  const { path } = locateExecutable(plugin, {
    root: workspace.root,
    systemDir: workspace.systemDir,
    searchPath: env['PATH'],
    executable,
  });
  return { command: path, args: [] as readonly string[] };
}

/** A transformer works in its project; all others where the program was started. */
function workingFolder({ plugin, flatConfig }: PreparedPlugin): string | undefined {
  const folder = flatConfig['project_dir'];
  return plugin.type === 'transformers' && typeof folder === 'string' && existsSync(folder)
    ? folder
    : undefined;
}

/** Gives the tap the catalog and state that runs before this one left in the shared folder. */
export function useSharedFiles(files: RunFiles): void {
  if (files.catalog !== files.sharedCatalog && existsSync(files.sharedCatalog)) {
    copyFileSync(files.sharedCatalog, files.catalog);
  }
  if (files.state !== files.sharedState && existsSync(files.sharedState)) {
    copyFileSync(files.sharedState, files.state);
  }
}
