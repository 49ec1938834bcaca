import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type JsonValue, parseJson } from '@meltano/foundation/json';
import { type PluginDefinition, parseDefinition } from '@meltano/project/plugin/definition';
import { lockFilePath, renderLockFile } from '@meltano/project/plugin/lock-file';
import type { PluginType } from '@meltano/project/plugin/plugin-type';
import type { DefinitionRequest } from '@meltano/project/plugin/resolve-plugin';
import { makeFolder } from '../make-folder.ts';
import { workspaceError } from './errors.ts';
import { readText } from './project-files.ts';
import { replaceFile } from './replace-file.ts';

/**
 * The definition in the lock file that an entry asks for. An entry without a variant gets the single lock
 * file of that name; undefined when there is none. Several are an error: which one is meant is not known.
 */
export function loadLockedDefinition(root: string, request: DefinitionRequest): PluginDefinition | undefined {
  const path =
    request.variant === undefined
      ? onlyLockFile(root, request.type, request.name)
      : lockFilePath(request.type, request.name, request.variant);
  if (path === undefined || !existsSync(join(root, path))) return undefined;
  return parseDefinition(request.type, parseLock(readText(join(root, path), path), path));
}

/** Paths of all lock files of a definition, relative to the root, sorted. */
export function lockFilesOf(root: string, type: PluginType, name: string): readonly string[] {
  const folder = join(root, 'plugins', type);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file === `${name}.lock` || isVariantOf(file, name))
    .sort()
    .map((file) => `plugins/${type}/${file}`);
}

/** `tap-a--x.lock` belongs to `tap-a`; `tap-a--b--x.lock` to `tap-a--b`, whose name has dashes itself. */
function isVariantOf(file: string, name: string): boolean {
  if (!file.startsWith(`${name}--`) || !file.endsWith('.lock')) return false;
  return !file.slice(name.length + 2, -'.lock'.length).includes('--');
}

function onlyLockFile(root: string, type: PluginType, name: string): string | undefined {
  const [first, ...others] = lockFilesOf(root, type, name);
  if (others.length === 0) return first;
  throw workspaceError('ambiguous_lock', {
    message: `'${name}' names no variant, and several lock files could be meant: ${[first, ...others].join(', ')}`,
    hint: `Add \`variant:\` to the entry of '${name}', or delete the lock files that are not used`,
    details: { type, name },
  });
}

function parseLock(text: string, path: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    throw workspaceError('invalid_lock', {
      message: `Lock file ${path} is not valid JSON: ${(error as Error).message}`,
      hint: 'Restore it from version control, or write it anew with `meltano lock --update`',
      place: { file: path },
      cause: error,
    });
  }
}

/** Writes the lock file of a definition and answers with its path, relative to the root. */
export function saveLockFile(root: string, definition: PluginDefinition): string {
  const path = lockFilePath(definition.type, definition.name, definition.variant);
  makeFolder(dirname(join(root, path)));
  replaceFile(join(root, path), renderLockFile(definition));
  return path;
}
