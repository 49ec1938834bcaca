import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Log } from '@meltano/foundation/log';
import { errorCode } from './project-files.ts';

/** `MELTANO_SYS_DIR_ROOT` (relative to the root if it is relative), else `<root>/.meltano`; links resolved. */
export function systemDirOf(root: string, processEnv: Readonly<Record<string, string | undefined>>): string {
  const folder = resolve(root, processEnv['MELTANO_SYS_DIR_ROOT'] || '.meltano');
  return existsSync(folder) ? realpathSync(folder) : folder;
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
    mkdirSync(join(systemDir, 'run'), { recursive: true });
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
