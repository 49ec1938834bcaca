import { spawn } from 'node:child_process';
import { cancelledError } from '@meltano/foundation/abort';
import type { Watchdog } from '../invoke/watchdog.ts';
import { installError } from './errors.ts';

export interface ProgramRun {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Ends it when this program is killed. */
  readonly watchdog?: Watchdog | undefined;
  /** Called once it runs; its end is not reported before this has resolved. */
  readonly onStart?: ((pid: number) => Promise<void>) | undefined;
}

export interface ProgramEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Standard output and standard error in the order of arrival; of a very long one, the end. */
  readonly output: string;
}

const keptOutput = 1024 * 1024;
const graceMs = 5000;

/**
 * Runs a program of the installer to its end with an empty standard input. An abort ends its whole process
 * group, first gently; the promise then rejects, but not before the program is gone.
 */
export async function runProgram(program: ProgramRun): Promise<ProgramEnd> {
  const { file, args, cwd, env, signal, watchdog, onStart } = program;
  if (signal?.aborted) throw cancelledError('The installation was stopped', signal.reason);
  const child = spawn(file, [...args], {
    cwd,
    env: { ...env },
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: string) => {
    output = (output + chunk).slice(-keptOutput);
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', collect);
  if (child.pid !== undefined) watchdog?.watchGroup(child.pid);
  const stop = killOnAbort(child.pid, signal);
  try {
    const ended = new Promise<ProgramEnd>((resolve, reject) => {
      child.once('error', (cause) => reject(notStarted(file, cause)));
      child.once('close', (exitCode, name) =>
        resolve({ exitCode: exitCode ?? undefined, signal: name ?? undefined, output }),
      );
    });
    const started = child.pid === undefined ? undefined : onStart?.(child.pid);
    const [end] = await Promise.all([ended, started]);
    if (signal?.aborted) throw cancelledError('The installation was stopped', signal.reason);
    return end;
  } finally {
    stop();
    if (child.pid !== undefined) watchdog?.forgetGroup(child.pid);
  }
}

function killOnAbort(pid: number | undefined, signal: AbortSignal | undefined): () => void {
  if (pid === undefined || signal === undefined) return () => {};
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    killGroup(pid, 'SIGTERM');
    timer = setTimeout(() => killGroup(pid, 'SIGKILL'), graceMs);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return () => {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  };
}

/** Sends a signal to a program and all that it has started. */
export function killGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, name);
  } catch {
    // It has ended by itself.
  }
}

function notStarted(file: string, cause: Error) {
  return installError('program_not_found', {
    message: `Cannot start ${file}: ${cause.message}`,
    hint: 'Check that the file exists and may be executed',
    cause,
  });
}
