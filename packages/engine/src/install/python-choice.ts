import { execFile } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, isExecutable, pathFolders } from './find-program.ts';

export interface PythonWish {
  /** `python` of the plugin, else Meltano's setting of that name. */
  readonly configured: string | undefined;
  readonly env: Readonly<Record<string, string>>;
}

/** The Python that venvs are made with when nothing is configured: the first `python3` on PATH. */
export async function findDefaultPython(env: Readonly<Record<string, string>>): Promise<string | undefined> {
  const folders = pathFolders(env);
  return (await findProgram('python3', folders)) ?? findProgram('python', folders);
}

/**
 * The Python for a plugin without uv, which finds interpreters by itself: a path as it is, a name from PATH, a
 * bare version as `python<version>` from PATH. Undefined when there is none.
 */
export async function resolvePython({ configured, env }: PythonWish): Promise<string | undefined> {
  if (configured === undefined) return findDefaultPython(env);
  if (isAbsolute(configured)) return (await isExecutable(configured)) ? configured : undefined;
  const name = /^\d+(\.\d+)*$/.test(configured) ? `python${configured}` : configured;
  return findProgram(name, pathFolders(env));
}

/** `major.minor` of the Python that plugins get when none is asked for; undefined without Python. */
export async function defaultPythonVersion(
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const python = await findDefaultPython(env);
  if (python === undefined) return undefined;
  const { stdout } = await promisify(execFile)(python, [
    '-c',
    'import sys; print("%d.%d" % sys.version_info[:2])',
  ]).catch(() => ({ stdout: '' }));
  return stdout.trim() || undefined;
}
