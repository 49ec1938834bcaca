import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Clock } from '@meltano/foundation/clock';
import { type JsonValue, stringifyJson } from '@meltano/foundation/json';
import type { Connector } from '../connector.ts';
import { runProgram } from '../host/host-connector.ts';

export interface ProgramRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramInput {
  /** Options whose value is a file with this JSON: `{ config: {…} }` becomes `--config FILE`. */
  readonly files?: Readonly<Record<string, JsonValue>>;
  readonly args?: readonly string[];
  readonly stdin?: AsyncIterable<string> | Iterable<string>;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly fetch?: typeof fetch;
  /** Hears of standard output as it comes; the program waits for it. */
  onOutput?(text: string): Promise<void> | void;
}

/** Runs a connector as the Singer program that it is, in this process, with streams of its own. */
export async function runConnectorProgram(connector: Connector, input: ProgramInput): Promise<ProgramRun> {
  const folder = await mkdtemp(join(tmpdir(), 'connector-'));
  try {
    const args = [...(input.args ?? [])];
    for (const [option, value] of Object.entries(input.files ?? {})) {
      const path = join(folder, `${option}.json`);
      await writeFile(path, stringifyJson(value));
      args.push(`--${option}`, path);
    }
    const stdout = collect(input.onOutput);
    const stderr = collect();
    const code = await runProgram(connector, {
      args,
      env: {},
      stdin: Readable.from(bytesOf(input.stdin ?? []), { objectMode: false }),
      stdout: stdout.stream,
      stderr: stderr.stream,
      signal: input.signal ?? new AbortController().signal,
      ...(input.clock === undefined ? {} : { clock: input.clock }),
      ...(input.fetch === undefined ? {} : { fetch: input.fetch }),
    });
    // What was written last may not have been taken yet.
    await Promise.all([stdout, stderr].map(({ stream }) => new Promise<void>((done) => stream.end(done))));
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function* bytesOf(texts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Buffer> {
  for await (const text of texts) yield Buffer.from(text);
}

function collect(onText?: (text: string) => Promise<void> | void): { stream: Writable; text(): string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const text = chunk.toString();
      chunks.push(text);
      void deliver(text, done);
    },
  });
  const deliver = async (text: string, done: (error?: Error | null) => void) => {
    try {
      await onText?.(text);
    } catch (error) {
      return done(error instanceof Error ? error : new Error(String(error)));
    }
    done();
  };
  return { stream, text: () => chunks.join('') };
}
