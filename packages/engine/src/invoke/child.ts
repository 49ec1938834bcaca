import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { systemProblem } from '../explain-system-error.ts';
import type { ProcessResult } from '../process-result.ts';
import { atMost } from './at-most.ts';
import { invokeError } from './errors.ts';
import type { PipeSupply } from './pipe-supply.ts';
import { type ChildPipe, openRealPipes } from './real-pipes.ts';
import { readTextLines } from './text-lines.ts';
import type { Watchdog } from './watchdog.ts';

/**
 * A child process in a process group of its own, so that what it started is ended with it.
 *
 * running → exited (the process is gone, its pipes may still be held by processes it left behind) → ended
 * (standard error read to the end, or given up after a grace period). Whoever started it then says what
 * becomes of processes that it left behind.
 */
export interface Child {
  readonly pid: number;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  /** The process itself is gone. */
  readonly exited: Promise<void>;
  readonly hasExited: () => boolean;
  /** Once it has exited: bytes that were written to it and that it did not read. */
  readonly unreadInput: () => number;
  /** Gone, and its standard error is read to the end. Never rejects. */
  readonly ended: Promise<ProcessResult>;
  /** To the whole group; nothing happens when it is gone. */
  signal(name: NodeJS.Signals): void;
  /** SIGKILL to the whole group; the result says `killed`. */
  kill(): void;
  /** Once it has ended: SIGKILL to what it left behind in its group. Does not change the result. */
  killLeftovers(): void;
  /** Once it has ended: what it left behind goes on, as a server that a command started. */
  letLeftoversLive(): void;
}

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A number is a file descriptor that the caller closes after the start. */
  readonly stdin: 'inherit' | 'pipe' | 'ignore' | number;
  readonly stdout: 'inherit' | 'pipe' | 'ignore' | number;
  /** Already redacted lines are the caller's business: the text arrives as the process wrote it. */
  readonly onErrorLine: (line: string) => void;
  /** Applied to the lines that the result keeps. */
  readonly redact?: (line: string) => string;
  readonly watchdog?: Watchdog;
  /** Where its pipes come from; made on the spot without one. */
  readonly pipes?: PipeSupply;
  /** False: it stays in the engine's group, as a program that talks to the terminal must. Default true. */
  readonly ownGroup?: boolean;
  /** How long pipes may stay open after the exit. Default 5,000. */
  readonly leftoverGraceMs?: number;
}

const keptLines = 20;

/** Starts the program. Rejects with `invoke.cannot_start` when that is not possible. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const ownGroup = (options.ownGroup ?? true) && process.platform !== 'win32';
  const pipes = await openStandardPipes(options);
  const startedAt = performance.now();
  try {
    const child = spawn(options.command, [...options.args], {
      stdio: pipes.stdio,
      env: { ...options.env },
      detached: ownGroup,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    if (child.pid !== undefined) {
      if (ownGroup) options.watchdog?.watchGroup(child.pid);
      else options.watchdog?.watchProcess(child.pid);
    }
    await spawned(child);
    const streams = pipes.streams(child);
    // A reader that went away is noticed where the writing is done.
    streams.stdin?.on('error', () => {});
    return watchChild(child, streams, { ...options, ownGroup, startedAt, unread: pipes.unread });
  } catch (error) {
    pipes.abandon();
    throw error;
  } finally {
    pipes.release();
  }
}

interface Streams {
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable;
}

async function openStandardPipes({ stdin, stdout, pipes: supply }: ChildOptions) {
  const wanted = [
    ...(stdin === 'pipe' ? (['in'] as const) : []),
    ...(stdout === 'pipe' ? (['out'] as const) : []),
    'out' as const,
  ];
  const pipes = [...(await openRealPipes(wanted, supply))];
  const errors = pipes.pop() as ChildPipe;
  const output = stdout === 'pipe' ? pipes.pop() : undefined;
  const input = stdin === 'pipe' ? pipes.pop() : undefined;
  const all = [input, output, errors];
  const stdio: StdioOptions = [input?.stdio ?? stdin, output?.stdio ?? stdout, errors.stdio];
  return {
    stdio,
    streams: (child: ChildProcess): Streams => ({
      stdin: input?.stream ?? child.stdin,
      stdout: output?.stream ?? child.stdout,
      stderr: errors.stream ?? (child.stderr as Readable),
    }),
    release: () => all.forEach((pipe) => pipe?.release()),
    unread: () => input?.unread() ?? 0,
    abandon: () =>
      all.forEach((pipe) => {
        pipe?.stream?.destroy();
        pipe?.unread();
      }),
  };
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      reject(invokeError('cannot_start', { message: startFailure(cause), hint: startHint(cause), cause }));
    });
  });
}

function startFailure(cause: NodeJS.ErrnoException): string {
  const path = cause.path ?? '';
  if (cause.code === 'ENOENT') return `Executable '${path}' could not be found, or what its first line names`;
  if (cause.code === 'EACCES') return `Executable '${path}' may not be executed (permission denied)`;
  if (cause.code === 'ENOEXEC') return `'${path}' is not a program that this machine can execute`;
  return systemProblem(cause)?.message ?? cause.message;
}

function startHint(cause: NodeJS.ErrnoException): string | undefined {
  const { code, path } = cause;
  return code === 'EACCES' && path !== undefined && lacksPermission(path)
    ? `chmod +x ${path}`
    : systemProblem(cause)?.hint;
}

/** Otherwise its folder, its disk or what its first line names is what may not be used. */
function lacksPermission(path: string): boolean {
  try {
    return statSync(path).isFile() && (statSync(path).mode & 0o111) === 0;
  } catch {
    return false;
  }
}

function watchChild(
  child: ChildProcess,
  streams: Streams,
  options: ChildOptions & {
    readonly ownGroup: boolean;
    readonly startedAt: number;
    unread(): number;
  },
): Child {
  const pid = child.pid as number;
  const lines: string[] = [];
  let killed = false;
  let gone = false;
  let unread = 0;
  const onLine = (line: string) => {
    lines.push(options.redact?.(line) ?? line);
    if (lines.length > keptLines) lines.shift();
    options.onErrorLine(line);
  };
  const errors = readTextLines(streams.stderr, onLine, options.redact);
  const send = (name: NodeJS.Signals) => {
    try {
      if (options.ownGroup) process.kill(-pid, name);
      else if (!gone) child.kill(name);
    } catch {
      // The group is gone already.
    }
  };
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      gone = true;
      if (!options.ownGroup) options.watchdog?.forgetProcess(pid);
      unread = options.unread();
      resolve();
    });
  });
  const ended = exited.then(async () => {
    const durationMs = Math.round(performance.now() - options.startedAt);
    await atMost(errors, options.leftoverGraceMs ?? 5_000);
    streams.stderr.destroy();
    return {
      exitCode: child.exitCode ?? undefined,
      signal: child.signalCode ?? undefined,
      killed,
      durationMs,
      lastLines: [...lines],
    };
  });
  return {
    pid,
    stdin: streams.stdin,
    stdout: streams.stdout,
    exited,
    hasExited: () => gone,
    unreadInput: () => unread,
    ended,
    signal: send,
    kill() {
      if (!gone) killed = true;
      send('SIGKILL');
    },
    killLeftovers: () => {
      if (options.ownGroup) send('SIGKILL');
      if (options.ownGroup) options.watchdog?.forgetGroup(pid);
    },
    letLeftoversLive: () => {
      if (options.ownGroup) options.watchdog?.forgetGroup(pid);
    },
  };
}
