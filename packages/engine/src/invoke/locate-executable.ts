import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { pluginTypeWords } from '@meltano/project/plugin/plugin-type';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { invokeError } from './errors.ts';

export interface ProgramLocation {
  /** Absolute. */
  readonly path: string;
  /** The virtual environment it belongs to. */
  readonly venv: string | undefined;
}

export interface LocateOptions {
  readonly root: string;
  readonly systemDir: string;
  /** Where names without a slash are searched. */
  readonly searchPath: string | undefined;
  /** Instead of the plugin's own, e.g. that of a named command. */
  readonly executable?: string | undefined;
}

/**
 * Where the program of a plugin is: inside its virtual environment when Python packages are installed for it,
 * below the project's root when the name has a slash, else on `PATH`. Source: meltano-runtime §2.4.
 * Throws `invoke.executable_not_found`.
 */
export function locateExecutable(plugin: ResolvedPlugin, options: LocateOptions): ProgramLocation {
  const name = options.executable ?? plugin.executable;
  const venv = plugin.pipUrl ? venvFolder(plugin, options.systemDir) : undefined;
  const path = venv === undefined ? findProgram(name, options) : findInVenv(venv, name);
  if (path === undefined) throw notFound(plugin, name);
  return { path, venv };
}

/** `<system dir>/<type>/<folder>/venv`, whether it exists or not. */
export function venvFolder(plugin: ResolvedPlugin, systemDir: string): string {
  return join(systemDir, plugin.type, plugin.folder, 'venv');
}

function findInVenv(venv: string, name: string): string | undefined {
  const bin = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');
  const candidates = process.platform === 'win32' ? [`${name}.exe`, name] : [name];
  return candidates.map((candidate) => join(bin, candidate)).find((path) => existsSync(path));
}

function findProgram(name: string, options: LocateOptions): string | undefined {
  if (isAbsolute(name)) return existsSync(name) ? name : undefined;
  if (name.includes('/')) {
    const path = resolve(options.root, name);
    return existsSync(path) ? path : undefined;
  }
  return findOnPath(name, (options.searchPath ?? '').split(delimiter));
}

/** The first program of that name in the folders. */
export function findOnPath(name: string, folders: readonly string[]): string | undefined {
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  return folders
    .filter((folder) => folder !== '')
    .flatMap((folder) => extensions.map((extension) => join(folder, name + extension)))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function notFound(plugin: ResolvedPlugin, executable: string) {
  const words = pluginTypeWords[plugin.type];
  const type = words.descriptor.charAt(0).toUpperCase() + words.descriptor.slice(1);
  const install = `meltano install --plugin-type ${words.singular} ${plugin.name}`;
  return invokeError('executable_not_found', {
    message:
      `Executable '${executable}' could not be found. ${type} '${plugin.name}' may not have been installed yet ` +
      `using \`${install}\`, or the executable name may be incorrect`,
    hint: install,
    details: { plugin: plugin.name, executable },
  });
}
