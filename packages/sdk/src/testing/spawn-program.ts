import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** A Singer program in a process of its own. */
export interface SpawnedProgram {
  readonly child: ChildProcessWithoutNullStreams;
  /** Complete lines of standard output so far. */
  readonly lines: readonly string[];
  stderr(): string;
  /** Resolves when standard output has at least so many lines, or rejects when the program ends before. */
  untilLines(count: number): Promise<void>;
  /** Exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Starts a program. Whoever starts it waits for `ended`. */
export function spawnProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): SpawnedProgram {
  const child = spawn(command, args, { env: { ...process.env, ...env } });
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  let pending = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (pending + text).split('\n');
    pending = parts.pop() ?? '';
    lines.push(...parts);
    for (const watcher of watchers) watcher();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A program that ends early closes its input; its exit code says so.
  child.stdin.on('error', () => {});
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  return {
    child,
    lines,
    stderr: () => stderr,
    untilLines: (count) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (lines.length < count) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
        void ended.then(
          (code) => reject(new Error(`ended with ${code} after ${lines.length} lines: ${stderr}`)),
          reject,
        );
      }),
    ended,
  };
}
