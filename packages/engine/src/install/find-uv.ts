import { randomUUID } from 'node:crypto';
import { copyFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Watchdog } from '../invoke/watchdog.ts';
import { makeFolder } from '../make-folder.ts';
import { findProgram, isExecutable, pathFolders } from './find-program.ts';
import { runProgram } from './run-program.ts';

export interface UvSearch {
  readonly env: Readonly<Record<string, string>>;
  /** The user's cache folder of this program. */
  readonly cacheFolder: string;
  /** A Python to fetch uv with when there is none; undefined: only look. */
  readonly python: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly watchdog?: Watchdog | undefined;
}

/**
 * The uv to install with: `MELTANO_UV`, PATH, `~/.local/bin`, `~/.cargo/bin`, the one in the cache; else it is
 * fetched from the Python package index into the cache. Undefined when that does not work either, e.g.
 * without network.
 */
export async function findUv(search: UvSearch): Promise<string | undefined> {
  const { env, cacheFolder } = search;
  const named = env['MELTANO_UV'];
  if (named !== undefined && named !== '') return named;
  const home = env['HOME'] || homedir();
  const cached = join(cacheFolder, 'uv');
  const found = await findProgram('uv', [
    ...pathFolders(env),
    join(home, '.local', 'bin'),
    join(home, '.cargo', 'bin'),
    cached,
  ]);
  if (found !== undefined || search.python === undefined) return found;
  return fetchUv(search, search.python, cached);
}

/** The program is one file; it is put in place by a rename, so that another process finds it whole or not. */
async function fetchUv(
  { env, cacheFolder, signal, watchdog }: UvSearch,
  python: string,
  folder: string,
): Promise<string | undefined> {
  const workspace = join(cacheFolder, `uv-${randomUUID()}`);
  const bin = join(workspace, process.platform === 'win32' ? 'Scripts' : 'bin');
  const name = process.platform === 'win32' ? 'uv.exe' : 'uv';
  try {
    makeFolder(folder);
    const steps: readonly (readonly [string, readonly string[]])[] = [
      [python, ['-m', 'venv', workspace]],
      [join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'uv']],
    ];
    for (const [file, args] of steps) {
      const { exitCode } = await runProgram({ file, args, cwd: cacheFolder, env, signal, watchdog });
      if (exitCode !== 0) return undefined;
    }
    await copyFile(join(bin, name), join(workspace, name));
    await rename(join(workspace, name), join(folder, name));
    return (await isExecutable(join(folder, name))) ? join(folder, name) : undefined;
  } catch (error) {
    if (signal?.aborted) throw error;
    return undefined;
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}
