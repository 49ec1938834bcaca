import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, resolve } from 'node:path';
import type { ProcessResult } from '../process-result.ts';
import { lastTellingLine } from '../telling-lines.ts';
import { atMost } from './at-most.ts';
import { startChild } from './child.ts';
import { invokeError } from './errors.ts';
import { findOnPath } from './locate-executable.ts';
import type { Watchdog } from './watchdog.ts';

/** The program that talks to the container engine: `docker`, or what `MELTANO_CONTAINER_PROGRAM` names. */
export interface ContainerProgram {
  readonly path: string;
  /** Runs one of its short commands to the end, its output unseen; undefined when it takes longer than the limit. */
  call(args: readonly string[], limitMs: number): Promise<ProcessResult | undefined>;
}

export interface ContainerProgramOptions {
  readonly env: Readonly<Record<string, string>>;
  /** For the hint: what to type to do without a container. */
  readonly without: string;
  readonly watchdog: Watchdog;
  readonly redact: (line: string) => string;
}

const answerLimitMs = 30_000;

/**
 * Finds the program and asks whether its engine answers. Throws `invoke.no_container_program` and
 * `invoke.container_engine_down`.
 */
export async function openContainerProgram(options: ContainerProgramOptions): Promise<ContainerProgram> {
  const name = options.env['MELTANO_CONTAINER_PROGRAM'] || 'docker';
  const path = findContainerProgram(name, options.env['PATH']);
  if (path === undefined) {
    throw invokeError('no_container_program', {
      message: `The program '${name}', which starts containers, could not be found`,
      hint: `install Docker, or name another such program: MELTANO_CONTAINER_PROGRAM=podman; without a container: ${options.without}`,
      details: { program: name },
    });
  }
  const program: ContainerProgram = { path, call: (args, limitMs) => call(path, args, limitMs, options) };
  const answer = await program.call(['version'], answerLimitMs);
  if (answer?.exitCode !== 0) throw engineDown(name, answer);
  return program;
}

function findContainerProgram(name: string, searchPath: string | undefined): string | undefined {
  if (!name.includes('/')) return findOnPath(name, searchPath?.split(delimiter) ?? []);
  const path = isAbsolute(name) ? name : resolve(name);
  return existsSync(path) ? path : undefined;
}

function engineDown(name: string, answer: ProcessResult | undefined) {
  const said = lastTellingLine(answer?.lastLines ?? []);
  const how =
    answer === undefined
      ? `gave no answer within ${answerLimitMs / 1000} seconds`
      : said === undefined
        ? 'failed'
        : `failed: ${said}`;
  return invokeError('container_engine_down', {
    message: `The container engine does not answer: \`${name} version\` ${how}`,
    hint: `start it, then look whether it answers: ${name} version`,
    details: { program: name },
  });
}

async function call(
  command: string,
  args: readonly string[],
  limitMs: number,
  { env, watchdog, redact }: ContainerProgramOptions,
): Promise<ProcessResult | undefined> {
  const child = await startChild({
    command,
    args,
    env,
    stdin: 'ignore',
    stdout: 'ignore',
    onErrorLine: () => {},
    redact,
    watchdog,
  });
  const result = await atMost(child.ended, limitMs);
  child.kill();
  child.killLeftovers();
  return result;
}
