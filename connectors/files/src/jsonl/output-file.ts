import { fstatSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { errorMessage } from '@meltano/foundation/errors';
import { type JsonObject, stringifyJson } from '@meltano/foundation/json';
import type { Sink } from '@meltano/sdk';
import { filesError } from '../errors.ts';
import type { FilePool } from './file-pool.ts';
import type { JsonlTargetConfig } from './jsonl-target-config.ts';

/** The file of a stream. What a path cannot hold, or what would lead out of the folder, becomes `_` in its name. */
export function fileOf(stream: string, config: JsonlTargetConfig, startedAt: Date): string {
  const time = config.do_timestamp_file ? `-${startedAt.toISOString().replaceAll(/[-:]|\..*$/g, '')}` : '';
  const name = `${config.custom_name ?? stream}${time}.jsonl`.replaceAll(/[/\\\0]/g, '_');
  return join(resolve(config.destination_path), name);
}

/** Adds lines to a file, which is made at the first. A line that a killed run left unfinished is ended. */
export function appendToFile(path: string, pool: FilePool): Sink {
  let isSynced = true;
  return {
    write: (rows) =>
      attempt(path, () => {
        writeFileSync(
          pool.use(path, () => openEnded(path)),
          linesOf(rows),
        );
        isSynced = false;
      }),
    async flush() {
      if (isSynced) return;
      isSynced = true;
      await sync(path, pool, path);
    },
    change() {},
    close: () => pool.close(path),
  };
}

/** Gathers lines beside the file and puts them in its place when the stream is complete. */
export function replaceFile(path: string, pool: FilePool): Sink {
  const place = join(dirname(path), `.${basename(path)}.loading`);
  attempt(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(place, '');
  });
  return {
    durableAtClose: true,
    write: (rows) =>
      attempt(path, () =>
        writeFileSync(
          pool.use(place, () => openSync(place, 'a')),
          linesOf(rows),
        ),
      ),
    change() {},
    async close({ complete }) {
      pool.close(place);
      if (complete) await sync(path, pool, place);
      attempt(path, () => (complete ? renameSync(place, path) : rmSync(place)));
    },
  };
}

function openEnded(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a+');
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  if (size > 0) readSync(file, last, 0, 1, size - 1);
  if (size > 0 && last.toString() !== '\n') writeFileSync(file, '\n');
  return file;
}

function linesOf(rows: readonly JsonObject[]): string {
  let text = '';
  for (const row of rows) text += `${stringifyJson(row)}\n`;
  return text;
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw notWritable(path, cause);
  }
}

async function sync(path: string, pool: FilePool, written: string): Promise<void> {
  try {
    await pool.sync(written);
  } catch (cause) {
    throw notWritable(path, cause);
  }
}

function notWritable(path: string, cause: unknown) {
  return filesError('not_writable', {
    message: `The file ${path} cannot be written: ${errorMessage(cause)}`,
    hint: 'check destination_path, its permissions and the space that is left',
    details: { path },
    cause,
  });
}
