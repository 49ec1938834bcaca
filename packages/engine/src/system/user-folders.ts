import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folders of the user, not of a project, in the places that the platform's conventions give to `meltano`. */
export interface UserFolders {
  /** Run logs and installer logs. `meltano logs dir` prints it. */
  readonly logs: string;
  readonly cache: string;
}

/** Source: meltano-project §7; the same folders as Meltano's, so that each program finds the other's logs. */
export function userFolders(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): UserFolders {
  const home = env['HOME'] || homedir();
  if (platform === 'darwin') {
    return {
      logs: join(home, 'Library', 'Logs', 'meltano'),
      cache: join(home, 'Library', 'Caches', 'meltano'),
    };
  }
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] || join(home, 'AppData', 'Local');
    return {
      logs: join(local, 'meltano', 'meltano', 'Logs'),
      cache: join(local, 'meltano', 'meltano', 'Cache'),
    };
  }
  return {
    logs: join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'meltano', 'log'),
    cache: join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'meltano'),
  };
}
