import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The release that behaviour is compared with. */
export const oracleVersion = '4.4.1';

/** Path of `python3`, or undefined on a machine without one. */
export async function findPython(): Promise<string | undefined> {
  try {
    const { stdout } = await run('python3', ['-c', 'import sys, venv; print(sys.executable)']);
    return stdout.trim();
  } catch {
    return undefined;
  }
}

/**
 * Meltano's own program, for comparison: `MELTANO_ORACLE`, or one that is installed from PyPI into a per-user
 * cache. Takes up to a minute the first time.
 */
export async function installOracle(python: string): Promise<string> {
  const given = process.env['MELTANO_ORACLE'];
  if (given) return given;
  const folder = join(
    process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'),
    'meltano-test',
    `oracle-${oracleVersion}`,
  );
  const program = join(folder, 'bin/meltano');
  if (!existsSync(program)) {
    await run(python, ['-m', 'venv', '--clear', folder]);
    await run(join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', 'uv']);
    await run(join(folder, 'bin/uv'), [
      'pip',
      'install',
      '--python',
      join(folder, 'bin/python'),
      `meltano==${oracleVersion}`,
    ]);
  }
  return program;
}

/**
 * The folder of programs of packages from PyPI, in a virtual environment of their own in the per-user cache, which
 * is made when it is not there. `name` changes with the packages.
 */
export async function installPackages(
  python: string,
  name: string,
  packages: readonly string[],
): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'meltano-test', name);
  const done = join(folder, 'complete');
  if (!existsSync(done)) {
    await run(python, ['-m', 'venv', '--clear', folder]);
    await run(join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...packages]);
    writeFileSync(done, '');
  }
  return join(folder, 'bin');
}
