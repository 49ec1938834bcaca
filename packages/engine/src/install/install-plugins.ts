import { availableParallelism } from 'node:os';
import { cancelledError } from '@meltano/foundation/abort';
import { type AppError, isAppError } from '@meltano/foundation/errors';
import type { NativeOrigin } from '../bundled-connectors.ts';
import { getNpmPackage } from '../get-npm-package.ts';
import { splitWords } from '../invoke/split-words.ts';
import { openWatchdog, type Watchdog } from '../invoke/watchdog.ts';
import { installError } from './errors.ts';
import { findUv } from './find-uv.ts';
import { needsInstall, venvFingerprint } from './fingerprint.ts';
import { type InstallablePlugin, type InstallReason, installIntoVenv, pluginVenv } from './install-plugin.ts';
import { createPipInstaller, createUvInstaller, type Installer, type InstallerOptions } from './installer.ts';
import { mapLimited } from './map-limited.ts';
import { findDefaultPython, resolvePython } from './python-choice.ts';

/** Where an installation happens, and what it asks of its surroundings. */
export interface InstallPlace {
  /** The project's root; installers are started here, so that `-e ./path` means a path in the project. */
  readonly root: string;
  readonly systemDir: string;
  /** The user's log folder and cache folder (`userFolders`). */
  readonly logFolder: string;
  readonly cacheFolder: string;
  /** For the installer's process: process environment, then `.env`, then the project's `env`. */
  readonly env: Readonly<Record<string, string>>;
  /** The setting `venv.backend`; `uv` falls back to the other where uv cannot be had. */
  readonly backend: 'uv' | 'virtualenv';
  /** The setting `python`. */
  readonly python: string | undefined;
  /** pip_url with variables replaced (meltano-project §5.4). `missing` names variables that nothing sets. */
  expandPipUrl(
    plugin: InstallablePlugin,
  ): Promise<{ readonly text: string; readonly missing: readonly string[] }>;
  /** Where the npm package of a native connector is; undefined when it is not there. */
  findNative(npmPackage: string): Promise<NativeOrigin | undefined>;
  /** Removes secrets from the installer's output. */
  redact(text: string): string;
}

export interface InstallOptions {
  readonly reason: InstallReason;
  /** Make every venv anew. */
  readonly clean?: boolean;
  /** Ignore the Python versions that packages ask for (pip only). */
  readonly force?: boolean;
  /** Default: the number of processors; below 1: all at once. */
  readonly parallelism?: number;
  /** Ends what is at work and begins nothing more; the installation then rejects with `run.cancelled`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: InstallProgress) => void;
}

export type InstallProgress =
  | { readonly kind: 'started'; readonly plugin: InstallablePlugin }
  | { readonly kind: 'waiting'; readonly plugin: InstallablePlugin; readonly reason: string }
  | { readonly kind: 'ended'; readonly outcome: InstallOutcome };

export type InstallOutcome =
  | { readonly status: 'installed'; readonly plugin: InstallablePlugin; readonly durationMs: number }
  | {
      readonly status: 'skipped';
      readonly plugin: InstallablePlugin;
      readonly why: SkipReason;
      readonly missing?: readonly string[];
    }
  | { readonly status: 'failed'; readonly plugin: InstallablePlugin; readonly error: AppError };

export type SkipReason =
  | 'mapping'
  | 'shared'
  | 'not-installable'
  | 'built-in'
  | 'npm-package'
  | 'unchanged'
  | 'missing-variable';

/**
 * Installs plugins side by side and answers what became of each, in the order given. One that fails does not
 * stop the others. Plugins that share a folder are installed once: the first of them.
 */
export async function installPlugins(
  place: InstallPlace,
  plugins: readonly InstallablePlugin[],
  options: InstallOptions,
): Promise<readonly InstallOutcome[]> {
  let opened: Watchdog | undefined;
  // Most installations find nothing to do, and start nothing that could be left behind.
  const watchdog = () => {
    opened ??= openWatchdog();
    return opened;
  };
  const findInstaller = once(() => chooseInstaller(place, options.signal, watchdog()));
  const shared = pluginsOfSharedFolders(plugins);
  const { parallelism = availableParallelism(), onProgress } = options;
  try {
    const limit = parallelism < 1 ? plugins.length : parallelism;
    const outcomes = await mapLimited(plugins, limit, async (plugin) => {
      const isShared = shared.has(plugin);
      const outcome = await installOne({ place, plugin, options, isShared, findInstaller, watchdog });
      if (outcome !== 'stopped') onProgress?.({ kind: 'ended', outcome });
      return outcome;
    });
    return outcomes.map(assertNotStopped);
  } finally {
    await opened?.close();
  }
}

/** Thrown only when all of them have come to an end. */
function assertNotStopped(outcome: InstallOutcome | 'stopped'): InstallOutcome {
  if (outcome === 'stopped') throw cancelledError('The installation was stopped');
  return outcome;
}

interface OneInstall {
  readonly place: InstallPlace;
  readonly plugin: InstallablePlugin;
  readonly options: InstallOptions;
  readonly isShared: boolean;
  readonly findInstaller: () => Promise<Installer>;
  readonly watchdog: () => Watchdog;
}

async function installOne(install: OneInstall): Promise<InstallOutcome | 'stopped'> {
  const { plugin, options } = install;
  if (options.signal?.aborted) return 'stopped';
  const startedAt = performance.now();
  try {
    const skipped = await reasonToSkip(install);
    if (skipped !== undefined) return { status: 'skipped', plugin, why: skipped };
    if (plugin.type === 'transforms') return installTransform(install);
    return await installPackages(install, startedAt);
  } catch (error) {
    if (options.signal?.aborted) return 'stopped';
    if (isAppError(error)) return { status: 'failed', plugin, error };
    throw error;
  }
}

async function reasonToSkip({ plugin, place, isShared }: OneInstall): Promise<SkipReason | undefined> {
  if (plugin.mapping !== undefined) return 'mapping';
  if (plugin.npmPackage !== undefined && plugin.pipUrl === undefined) {
    const origin = await place.findNative(plugin.npmPackage);
    if (origin === undefined) throw nativeNotAvailable(plugin, plugin.npmPackage, place.root);
    return origin === 'bundled' ? 'built-in' : 'npm-package';
  }
  if (!plugin.installable || plugin.pipUrl === undefined || plugin.pipUrl === '') return 'not-installable';
  return isShared ? 'shared' : undefined;
}

/** A transform is no Python package: dbt fetches it, and adding it enters it in the dbt project. */
function installTransform({ plugin, options: { reason, onProgress } }: OneInstall): InstallOutcome {
  if (reason === 'auto') return { status: 'skipped', plugin, why: 'unchanged' };
  onProgress?.({ kind: 'started', plugin });
  return { status: 'installed', plugin, durationMs: 0 };
}

async function installPackages(install: OneInstall, startedAt: number): Promise<InstallOutcome> {
  const { plugin, place, options, findInstaller, watchdog } = install;
  const { text, missing } = await place.expandPipUrl(plugin);
  if (missing.length > 0 && options.reason === 'auto')
    return { status: 'skipped', plugin, why: 'missing-variable', missing };
  const packages = splitWords(text);
  const python = plugin.python ?? place.python;
  const { reason, clean = false, force = false, signal, onProgress } = options;
  const fingerprint = venvFingerprint(packages, python);
  const isStale = await needsInstall(pluginVenv(place.systemDir, plugin), fingerprint);
  if (reason === 'auto' && !clean && !isStale) return { status: 'skipped', plugin, why: 'unchanged' };

  onProgress?.({ kind: 'started', plugin });
  const installer = await findInstaller();
  const isInstalled = await installIntoVenv({
    plugin,
    packages,
    fingerprint,
    python: installer.name === 'uv' ? python : await pythonForPip(place, python),
    installer,
    systemDir: place.systemDir,
    logFolder: place.logFolder,
    reason,
    clean,
    force,
    signal,
    watchdog: watchdog(),
    onWait: () => onProgress?.({ kind: 'waiting', plugin, reason: 'another process is installing it' }),
  });
  if (!isInstalled) return { status: 'skipped', plugin, why: 'unchanged' };
  return { status: 'installed', plugin, durationMs: Math.round(performance.now() - startedAt) };
}

function pluginsOfSharedFolders(plugins: readonly InstallablePlugin[]): ReadonlySet<InstallablePlugin> {
  const seen = new Set<string>();
  const shared = new Set<InstallablePlugin>();
  for (const plugin of plugins) {
    if (plugin.mapping !== undefined || plugin.pipUrl === undefined) continue;
    const place = `${plugin.type}/${plugin.folder}`;
    if (seen.has(place)) shared.add(plugin);
    seen.add(place);
  }
  return shared;
}

async function chooseInstaller(
  place: InstallPlace,
  signal: AbortSignal | undefined,
  watchdog: Watchdog,
): Promise<Installer> {
  const options: InstallerOptions = { cwd: place.root, env: place.env, redact: (text) => place.redact(text) };
  const python = await findDefaultPython(place.env);
  if (place.backend === 'uv') {
    const uv = await findUv({ env: place.env, cacheFolder: place.cacheFolder, python, signal, watchdog });
    if (uv !== undefined) return createUvInstaller(uv, { ...options, defaultPython: python });
  }
  if (python === undefined && place.python === undefined) throw noPython();
  return createPipInstaller(python ?? 'python3', options);
}

async function pythonForPip(
  place: InstallPlace,
  configured: string | undefined,
): Promise<string | undefined> {
  if (configured === undefined) return undefined;
  const python = await resolvePython({ configured, env: place.env });
  if (python !== undefined) return python;
  throw installError('python_not_found', {
    message: `There is no Python '${configured}' on this machine`,
    hint: 'Give its whole path, or install uv, which can fetch Python versions by itself',
  });
}

function noPython() {
  return installError('python_not_found', {
    message: 'There is no Python on this machine, and uv was not found either',
    hint: 'Install Python 3 or uv (https://docs.astral.sh/uv), or use a native variant of the plugin, which needs neither',
  });
}

function nativeNotAvailable(plugin: InstallablePlugin, npmPackage: string, root: string) {
  return installError('native_not_available', {
    message: `The package '${npmPackage}' of '${plugin.name}' is not installed`,
    hint: `Run \`${getNpmPackage(npmPackage, root)}\` in the project's folder`,
  });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
