import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
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
