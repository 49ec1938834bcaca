import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The program as users call it. */
export const meltanoProgram = resolve(import.meta.dirname, '../../bin/meltano');

export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly program?: string;
  readonly input?: string;
}

/** Runs the program to its end. The user's own directories and Meltano variables stay out of it. */
export async function meltano(args: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const child = spawn(options.program ?? meltanoProgram, args, {
    cwd: options.cwd,
    env: { ...cleanEnv(options.cwd), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/** Fails with everything the program said when it did not end with the expected code. */
export async function meltanoOk(args: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const result = await meltano(args, options);
  if (result.code !== 0) {
    throw new Error(
      `meltano ${args.join(' ')} ended with ${String(result.code)}\n${result.stdout}\n${result.stderr}`,
    );
  }
  return result;
}

export function cleanEnv(folder: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) =>
      value !== undefined &&
      !/^(MELTANO|TAP|TARGET|NODE_OPTIONS|XDG_|VITEST|NO_COLOR|FORCE_COLOR)/.test(name),
  ) as [string, string][];
  return {
    ...Object.fromEntries(kept),
    XDG_STATE_HOME: join(folder, '.xdg-state'),
    MELTANO_SEND_ANONYMOUS_USAGE_STATS: 'false',
  };
}

export interface TestProject extends AsyncDisposable {
  readonly folder: string;
}

/** A temporary folder with these files in it; a name `path -> target` makes a symbolic link. */
export async function testProject(files: Readonly<Record<string, string>>): Promise<TestProject> {
  const folder = await mkdtemp(join(tmpdir(), 'meltano-cli-test-'));
  for (const [name, content] of Object.entries(files)) {
    const [path = name, target] = name.split(' -> ');
    await mkdir(dirname(join(folder, path)), { recursive: true });
    if (target === undefined) await writeFile(join(folder, path), content);
    else await symlink(target, join(folder, path));
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
