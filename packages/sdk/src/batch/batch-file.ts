import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { PassThrough, type Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type JsonObject, stringifyJson } from '@meltano/foundation/json';

/** A batch file that is being written. */
export interface BatchFile {
  readonly path: string;
  readonly records: number;
  write(records: readonly JsonObject[]): Promise<void>;
  /** Resolves when the file is complete. */
  close(): Promise<void>;
  /** Ends it without use. */
  discard(): Promise<void>;
}

/** A file of JSON Lines. */
export function createLinesFile(path: string, gzip: boolean): BatchFile {
  const file = createWriteStream(path, { mode: 0o600 });
  const input: Writable = gzip ? createGzip() : new PassThrough();
  const done = pipeline(input as PassThrough, file);
  done.catch(() => {});
  let records = 0;
  return {
    path,
    get records() {
      return records;
    },
    async write(rows) {
      let text = '';
      for (const row of rows) text += `${stringifyJson(row)}\n`;
      records += rows.length;
      if (!input.write(text))
        await Promise.race([new Promise((drained) => input.once('drain', drained)), done]);
    },
    async close() {
      input.end();
      await done;
      await finished(file).catch(() => {});
    },
    async discard() {
      input.destroy();
      await done.catch(() => {});
      await rm(path, { force: true });
    },
  };
}
