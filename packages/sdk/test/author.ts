import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import type { AuthoringWorld } from '../src/authoring/authoring-world.ts';
import { runMeltanoSdk } from '../src/authoring/meltano-sdk.ts';

export interface AuthorOptions {
  /** What a person types at a terminal, one answer for each question; without it there is no terminal. */
  readonly answers?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly fetch?: typeof fetch;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Author {
  readonly cwd: string;
  /** Runs `meltano-sdk` with these arguments. */
  run(...args: readonly string[]): Promise<AuthorRun>;
  /** Paths of all files in the folder. */
  files(): readonly string[];
  read(path: string): string;
  leave(): void;
}

export interface AuthorRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Somebody who writes a connector, in a folder of their own. */
export function createAuthor({
  answers,
  files = {},
  fetch: send = fetch,
  env = {},
}: AuthorOptions = {}): Author {
  const cwd = mkdtempSync(join(tmpdir(), 'author-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  return {
    cwd,
    async run(...args) {
      const stdin = Object.assign(new PassThrough(), { isTTY: answers !== undefined });
      const left = [...(answers ?? [])];
      // An answer is typed when its question has been asked.
      const out = collector(answers !== undefined, (text) => {
        if (text.endsWith(': ')) stdin.write(`${left.shift() ?? ''}\n`);
      });
      const err = collector(false);
      const world: AuthoringWorld = {
        cwd,
        env,
        stdin,
        stdout: out.stream,
        stderr: err.stream,
        fetch: send,
        signal: new AbortController().signal,
        sdkVersion: '9.9.9',
        print: (text) => void out.stream.write(`${text.replace(/\n$/, '')}\n`),
      };
      const code = await runMeltanoSdk(args, world);
      return { code, out: out.text(), err: err.text() };
    },
    files: () =>
      readdirSync(cwd, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(cwd, join(entry.parentPath, entry.name)))
        .sort(),
    read: (path) => readFileSync(join(cwd, path), 'utf8'),
    leave: () => rmSync(cwd, { recursive: true }),
  };
}

function collector(isTTY: boolean, onText: (text: string) => void = () => {}) {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      onText(chunk.toString());
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY }), text: () => chunks.join('') };
}
