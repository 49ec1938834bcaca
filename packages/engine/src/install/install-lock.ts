import { join } from 'node:path';
import { isAppError } from '@meltano/foundation/errors';
import { openSqlite } from '../system/sqlite-connection.ts';
import { installError } from './errors.ts';

const waitMs = 30 * 60 * 1000;

/**
 * Lets one process at a time work on the venv in a plugin's folder. The lock is SQLite's write lock on an
 * empty file: it ends with its holder, however that ends. `onWait` is called when another one has it.
 */
export async function withInstallLock<T>(
  folder: string,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  const file = join(folder, 'install.lock');
  const connection = await openSqlite({ file, journal: 'delete', waitMs });
  const timer = setTimeout(onWait, 1000);
  try {
    return await connection.transaction(() => {
      clearTimeout(timer);
      return work();
    });
  } catch (error) {
    if (isAppError(error) && error.code === 'system.busy') throw locked(folder, error);
    throw error;
  } finally {
    clearTimeout(timer);
    await connection.close();
  }
}

function locked(folder: string, cause: unknown) {
  return installError('locked', {
    message: `Another process has been installing in ${folder} for more than ${waitMs / 60_000} minutes`,
    hint: 'End that process, then install again',
    cause,
  });
}
