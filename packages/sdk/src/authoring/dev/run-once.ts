import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { silentLog } from '@meltano/foundation/log';
import type { RecordItem } from '../../connector.ts';
import { readSinger } from '../../host/singer-input.ts';
import type { AuthoringWorld } from '../authoring-world.ts';
import type { RunOutput } from './compare-runs.ts';

export interface RunChoice {
  readonly file: string;
  readonly config?: readonly string[] | undefined;
  readonly cassette?: string | undefined;
  readonly record?: boolean | undefined;
  readonly 'max-records'?: string | undefined;
}

/** Runs the tap of a file in a process of its own: the file is loaded anew, and what it prints cannot do harm. */
export async function runOnce(choice: RunChoice, world: AuthoringWorld): Promise<RunOutput> {
  const maxRecords = choice['max-records'] ?? '100';
  const args = [
    ...process.execArgv,
    world.env['MELTANO_SDK_PROGRAM'] ?? process.argv[1] ?? '',
    'run',
    resolve(world.cwd, choice.file),
    ...(choice.config ?? []).flatMap((file) => [
      '--config',
      file === 'ENV' ? file : resolve(world.cwd, file),
    ]),
    '--max-records',
    maxRecords,
  ];
  const child = spawn(process.execPath, args, {
    cwd: world.cwd,
    env: {
      ...world.env,
      ...(choice.cassette === undefined ? {} : { MELTANO_SDK_CASSETTE: resolve(world.cwd, choice.cassette) }),
      ...(choice.record ? { MELTANO_SDK_RECORD: '1' } : {}),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: world.signal,
  });
  const ended = new Promise<number>((done) => {
    child.once('error', () => done(1));
    child.once('close', (code) => done(code ?? 1));
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return {
    items: await itemsOf(out),
    failure: code === 0 ? undefined : reasonOf(err),
    warnings: linesAt(err, 'WARNING'),
    maxRecords: Number(maxRecords),
  };
}

async function itemsOf(output: string): Promise<readonly RecordItem[]> {
  const items: RecordItem[] = [];
  const input = Readable.from([Buffer.from(output)], { objectMode: false });
  for await (const item of readSinger(input, silentLog, new AbortController().signal)) items.push(item);
  return items;
}

/** The lines of the log at level error, without their times. */
function reasonOf(log: string): string {
  const errors = linesAt(log, 'ERROR|CRITICAL');
  return errors.join('\n  ') || log.trim().replaceAll('\n', '\n  ') || 'the tap has failed without a word';
}

function linesAt(log: string, levels: string): readonly string[] {
  const pattern = new RegExp(String.raw`\| (?:${levels}) *\| [^|]*\| (.*)$`);
  return log.split('\n').flatMap((line) => pattern.exec(line)?.[1] ?? []);
}
