import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Log } from '@meltano/foundation/log';
import { makeFolder } from '../make-folder.ts';
import { workspaceError } from './errors.ts';
import { errorCode } from './project-files.ts';

/** `MELTANO_SYS_DIR_ROOT` (relative to the root if it is relative), else `<root>/.meltano`; links resolved. */
export function systemDirOf(root: string, processEnv: Readonly<Record<string, string | undefined>>): string {
  const folder = resolve(root, processEnv['MELTANO_SYS_DIR_ROOT'] || '.meltano');
  return existsSync(folder) ? realpathSync(folder) : folder;
}

/**
 * Throws `workspace.no_system_dir` where no folder can ever be, as below `/proc`; Node's recursive `mkdir` would
 * try there for ever. A folder that can merely not be written is no error: work goes on without it.
 */
export function assertSystemDirPossible(systemDir: string): void {
  let folder = systemDir;
  while (!existsSync(dirname(folder))) folder = dirname(folder);
  if (existsSync(folder)) return;
  try {
    mkdirSync(folder);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') return;
    throw workspaceError('no_system_dir', {
      message: `The system folder ${systemDir} cannot be made: ${dirname(folder)} takes no folders`,
      hint: 'Set MELTANO_SYS_DIR_ROOT to a folder that can be made, or unset it for .meltano in the project',
      details: { folder: systemDir },
      cause: error,
    });
  }
}

const cacheTag = `Signature: 8a477f597d28d172789f06886806bc55
# This file marks the folder as one that can be made again, for programs that make backups.
# See https://bford.info/cachedir/
`;

/**
 * Makes the system folder with what lies in it: `.gitignore`, `CACHEDIR.TAG`, and `run/bin`, a link to the
 * `meltano` executable for programs that start runs. Where it cannot be written, work goes on without.
 */
export function prepareSystemDir(systemDir: string, executable: string | undefined, log: Log): void {
  try {
    makeFolder(join(systemDir, 'run'));
    writeIfMissing(join(systemDir, '.gitignore'), '*\n');
    writeIfMissing(join(systemDir, 'CACHEDIR.TAG'), cacheTag);
    if (executable !== undefined) linkExecutable(join(systemDir, 'run', 'bin'), executable, log);
  } catch (error) {
    log.log('debug', 'The system folder cannot be written', { folder: systemDir, reason: errorCode(error) });
  }
}

function writeIfMissing(file: string, content: string): void {
  if (!existsSync(file)) writeFileSync(file, content);
}

/** An existing link is kept, unless what it points to is gone. */
function linkExecutable(link: string, executable: string, log: Log): void {
  if (existsSync(link)) return;
  try {
    rmSync(link, { force: true });
    symlinkSync(executable, link);
  } catch (error) {
    log.log('warning', 'The link to the meltano executable cannot be made', {
      link,
      reason: errorCode(error),
    });
  }
}
