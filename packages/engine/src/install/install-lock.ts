import { join } from 'node:path';
import { abortable, cancelledError } from '@meltano/foundation/abort';
import { isAppError } from '@meltano/foundation/errors';
import { openSqlite } from '../system/sqlite-connection.ts';
import { installError } from './errors.ts';

const waitMs = 30 * 60 * 1000;

/**
 * Lets one process at a time work on the venv in a plugin's folder. The lock is SQLite's write lock on an
 * empty file: it ends with its holder, however that ends. `onWait` is called when another one has it; an
 * abort ends the waiting, but not work that has begun.
 */
export async function withInstallLock<T>(
  folder: string,
  { onWait, signal }: { readonly onWait: () => void; readonly signal: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const file = join(folder, 'install.lock');
  const connection = await openSqlite({ file, journal: 'delete', waitMs });
  const timer = setTimeout(onWait, 1000);
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const done = connection.transaction(async () => {
    clearTimeout(timer);
    if (signal?.aborted) throw cancelledError('The installation was stopped', signal.reason);
    begin();
    return await work();
  });
  try {
    await abortable(Promise.race([begun, done]), signal);
    return await done;
  } catch (error) {
    if (isAppError(error) && error.code === 'system.busy') throw locked(folder, error);
    throw error;
  } finally {
    clearTimeout(timer);
    // The lock is given up once its turn comes; nobody waits for that.
    const closed = connection.close();
    if (signal?.aborted !== true) await closed;
  }
}

function locked(folder: string, cause: unknown) {
  return installError('locked', {
    message: `Another process has been installing in ${folder} for more than ${waitMs / 60_000} minutes`,
    hint: 'End that process, then install again',
    cause,
  });
}
