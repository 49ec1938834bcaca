import { errorMessage, isAppError } from '@meltano/foundation/errors';
import { batchError } from './errors.ts';

/** Does what writes a batch file. What the system refuses is told with the file: `batch.not_writable`. */
export async function writing<T>(
  { path, stream }: { readonly path: string; readonly stream: string },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = systemCode(cause);
    if (code === undefined) throw cause;
    throw batchError('not_writable', {
      message: `A batch of stream ${stream} cannot be written to ${path}: ${errorMessage(cause)}`,
      hint: hintOf(code),
      details: { stream, path, code },
      cause,
    });
  }
}

/** The code of an error that comes from the system, such as ENOSPC. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || isAppError(error) || !('syscall' in error && 'code' in error))
    return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function hintOf(code: string): string {
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return 'make room there, or name a folder on a larger disk in storage.root of batch_config';
  return 'check that storage.root of batch_config is a folder in which files may be made';
}
