import { realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { workspaceError } from './errors.ts';

export const projectFileName = 'meltano.yml';

/**
 * The folder of the project: `MELTANO_PROJECT_ROOT`, else the nearest folder at or above `cwd` that has a
 * `meltano.yml`. Absolute, symbolic links resolved; undefined when there is none.
 */
export function findProjectRoot(
  cwd: string,
  processEnv: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const given = processEnv['MELTANO_PROJECT_ROOT'];
  if (given !== undefined && given !== '') {
    const root = resolve(cwd, given);
    return hasProjectFile(root) ? realpathSync(root) : undefined;
  }
  let folder = resolve(cwd);
  while (!hasProjectFile(folder)) {
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
  return realpathSync(folder);
}

function hasProjectFile(folder: string): boolean {
  return statSync(join(folder, projectFileName), { throwIfNoEntry: false })?.isFile() === true;
}

/** The same, but throws `workspace.no_project`. */
export function requireProjectRoot(
  cwd: string,
  processEnv: Readonly<Record<string, string | undefined>>,
): string {
  const root = findProjectRoot(cwd, processEnv);
  if (root !== undefined) return root;
  throw workspaceError('no_project', {
    message: `There is no Meltano project in ${processEnv['MELTANO_PROJECT_ROOT'] || resolve(cwd)} or above it`,
    hint: 'Change to a folder of a project, or make one with `meltano init`',
  });
}
