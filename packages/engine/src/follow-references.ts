import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SecretReference } from '@meltano/project/settings/secret-reference';
import { atMost } from './invoke/at-most.ts';
import { splitWords } from './invoke/split-words.ts';
import { workspaceError } from './workspace/errors.ts';
import type { ReferencePlace, ReferenceSource } from './workspace/reference-source.ts';

export interface ReferenceOptions {
  /** Told each value before anybody else gets it. */
  readonly onSecret: (value: string) => void;
  /** How long a command may take. Default 10,000. */
  readonly timeoutMs?: number;
}

/**
 * Follows references: a variable (of the process, else of `.env`), a file without the line end at its end, a
 * command started without a shell, its output trimmed. Each is followed once in the life of the program.
 */
export function createReferenceSource({ onSecret, timeoutMs = 10_000 }: ReferenceOptions): ReferenceSource {
  const known = new Map<string, string>();
  const reading = new Map<string, Promise<string>>();
  const keep = (reference: SecretReference, value: string) => {
    // Invariant 5: hidden from here on, wherever it turns up.
    onSecret(value);
    known.set(reference.text, value);
    return value;
  };
  return {
    readNow(reference, place) {
      return (
        known.get(reference.text) ??
        keep(reference, readSimple(reference, place) ?? runNow(reference, place, timeoutMs))
      );
    },
    read(reference, place) {
      const value = known.get(reference.text);
      if (value !== undefined) return Promise.resolve(value);
      const begun =
        reading.get(reference.text) ??
        readLater(reference, place, timeoutMs).then((text) => keep(reference, text));
      reading.set(reference.text, begun);
      return begun;
    },
  };
}

async function readLater(
  reference: SecretReference,
  place: ReferencePlace,
  timeoutMs: number,
): Promise<string> {
  return readSimple(reference, place) ?? runLater(reference, place, timeoutMs);
}

/** Undefined for a command. */
function readSimple({ kind, argument, text }: SecretReference, place: ReferencePlace): string | undefined {
  if (kind === 'exec') return undefined;
  if (kind === 'file') return readReferredFile(argument, place.root);
  const value = place.processEnv[argument] ?? place.dotenv[argument];
  if (value !== undefined) return value;
  throw workspaceError('reference_not_set', {
    message: `The variable '${argument}' that ${text} refers to is not set`,
    hint: `export ${argument}=…, or add it to .env`,
    details: { variable: argument },
  });
}

function readReferredFile(path: string, root: string): string {
  try {
    return readFileSync(resolve(root, path), 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw workspaceError('reference_unreadable', {
      message: `The file '${path}' that a setting refers to cannot be read: ${code === 'ENOENT' ? 'it does not exist' : String(code)}`,
      hint: 'the path is relative to the root of the project',
      details: { path },
      cause,
    });
  }
}

interface CommandEnd {
  readonly output: string;
  readonly errors: string;
  readonly exitCode: number | undefined;
  readonly timedOut: boolean;
  /** It could not be started. */
  readonly cause?: NodeJS.ErrnoException | undefined;
}

/** Of standard output; what is longer is cut, and no secret. */
const keptBytes = 1024 * 1024;

async function runLater(
  reference: SecretReference,
  place: ReferencePlace,
  timeoutMs: number,
): Promise<string> {
  const [file = '', ...args] = splitWords(reference.argument);
  const child = spawn(file, args, {
    cwd: place.root,
    env: { ...place.dotenv, ...place.processEnv },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.output = (texts.output + text).slice(0, keptBytes);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.errors = (texts.errors + text).slice(-4096);
  });
  const closed = new Promise<void>((done) => child.once('close', () => done()));
  const ended = new Promise<Omit<CommandEnd, 'output' | 'errors' | 'timedOut'>>((done) => {
    child.once('error', (cause) => done({ exitCode: undefined, cause }));
    child.once('exit', (code) => done({ exitCode: code ?? undefined }));
  });
  const end = await atMost(ended, timeoutMs);
  if (end === undefined) child.kill('SIGKILL');
  // What it has left running in the background may hold its pipes for as long as it likes.
  else await atMost(closed, leftoverMs);
  child.stdout.destroy();
  child.stderr.destroy();
  return outputOf(
    reference,
    { exitCode: undefined, ...end, ...texts, timedOut: end === undefined },
    timeoutMs,
  );
}

const leftoverMs = 1_000;

function runNow(reference: SecretReference, place: ReferencePlace, timeoutMs: number): string {
  const [file = '', ...args] = splitWords(reference.argument);
  const result = spawnSync(file, args, {
    cwd: place.root,
    env: { ...place.dotenv, ...place.processEnv },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: keptBytes,
    encoding: 'utf8',
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what Node.js documents
  const cause = result.error as NodeJS.ErrnoException | undefined;
  const timedOut = cause?.code === 'ETIMEDOUT';
  const end = {
    output: result.stdout ?? '',
    errors: result.stderr ?? '',
    exitCode: result.status ?? undefined,
    timedOut,
    cause: timedOut ? undefined : cause,
  };
  return outputOf(reference, end, timeoutMs);
}

function outputOf({ argument }: SecretReference, end: CommandEnd, timeoutMs: number): string {
  if (end.exitCode === 0) return end.output.trim();
  const last = end.errors.trim().split('\n').at(-1)?.trim();
  throw workspaceError('reference_failed', {
    message: `The command \`${argument}\` that a setting refers to ${howItEnded(end, timeoutMs)}${last ? `: ${last}` : ''}`,
    hint: 'run it by hand in the folder of the project; it is started without a shell and without input',
    details: { command: argument, exitCode: end.exitCode },
    cause: end.cause,
  });
}

function howItEnded({ exitCode, timedOut, cause }: CommandEnd, timeoutMs: number): string {
  if (timedOut) return `did not end within ${timeoutMs / 1000} s`;
  if (cause?.code === 'ENOENT') return 'could not be found';
  if (cause !== undefined) return `could not be run (${cause.code ?? cause.message})`;
  return exitCode === undefined ? 'was killed' : `ended with exit code ${exitCode}`;
}
