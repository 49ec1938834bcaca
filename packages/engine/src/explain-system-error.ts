import { type AppError, defineErrors } from '@meltano/foundation/errors';

const systemError = defineErrors('os', { operation_failed: 'environment' });

interface Problem {
  /** What is the matter, as the end of a sentence. */
  readonly what: string;
  /** What to type or change; `path` is empty when the operation had none. */
  readonly hint: (path: string) => string;
}

const permissions: Problem = {
  what: 'permission denied',
  hint: (path) => `Check whose it is and who may use it: ls -ld ${path || '<path>'}`,
};
const openFiles: Problem = {
  what: 'too many files are open',
  hint: () => 'Raise the limit of open files and run the command again: ulimit -n 4096',
};
const fullDisk: Problem = {
  what: 'there is no space left',
  hint: (path) => `Free some space, or use another disk: df -h ${path || '.'}`,
};

/** By the codes of the operating system. Source: errno(3). */
const problems: Readonly<Record<string, Problem>> = {
  EACCES: permissions,
  EPERM: permissions,
  EMFILE: openFiles,
  ENFILE: openFiles,
  ENOSPC: fullDisk,
  EDQUOT: fullDisk,
  EROFS: {
    what: 'the file system is read-only',
    hint: () => 'Use a folder that can be written; MELTANO_SYS_DIR_ROOT names another one than .meltano',
  },
  ENAMETOOLONG: {
    what: 'the name is too long',
    hint: () =>
      'Use a shorter name for the state ID, plugin or file (about 200 bytes), or move the project to a shorter path',
  },
  ENOTDIR: {
    what: 'a part of the path is no folder',
    hint: (path) => `Look which one: namei -l ${path || '<path>'}`,
  },
  ENOENT: {
    what: 'no folder can be made there',
    hint: (path) => `Name a folder elsewhere instead of ${path || 'this one'}`,
  },
  EISDIR: { what: 'it is a folder', hint: (path) => `Name a file instead of ${path || 'a folder'}` },
  ELOOP: {
    what: 'its links lead in a circle',
    hint: (path) => `Look where they lead: namei -l ${path || '<path>'}`,
  },
  ENOMEM: { what: 'there is no memory left', hint: () => 'End other programs, or raise the memory limit' },
  EAGAIN: {
    what: 'no further process can be started',
    hint: () => 'Raise the limit of processes: ulimit -u, or pids_limit of a container',
  },
};

/**
 * A failed operation of the operating system that nobody has explained, with what it means and what to do about
 * it. Anything else comes back as it is.
 */
export function explainSystemError(error: unknown): unknown {
  return systemProblem(error) ?? error;
}

/** The same for what may have failed otherwise; undefined where there is nothing to explain. */
export function systemProblem(error: unknown): AppError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  const problem = problems[String(error.code)];
  if (problem === undefined || !isMeant(String(error.code), String(error.syscall))) return undefined;
  // Of a program that cannot be started the path stands in both.
  const [operation = ''] = String(error.syscall).split(' ');
  const path = 'path' in error && typeof error.path === 'string' ? error.path : '';
  return systemError('operation_failed', {
    message: `${operation}${path === '' ? '' : ` of ${shortened(path)}`}: ${problem.what} (${String(error.code)})`,
    hint: problem.hint(path.length > longest ? '' : path),
    details: { code: error.code, syscall: operation },
    cause: error,
  });
}

/** A read that would have to wait has the code of a process too many, a missing file that of a missing folder. */
function isMeant(code: string, syscall: string): boolean {
  if (code === 'EAGAIN') return syscall.startsWith('spawn');
  return code !== 'ENOENT' || syscall === 'mkdir';
}

/** Of a path that is longer than this, in characters, beginning and end are shown. */
const longest = 200;

function shortened(path: string): string {
  return path.length > longest ? `${path.slice(0, 100)}…${path.slice(-60)}` : path;
}
