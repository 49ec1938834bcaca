import { closeSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import type { LogSink } from './create-log.ts';
import { renderConsoleLine } from './render-console.ts';

/** Keeps the log of one block with a state id, as `meltano logs show` prints it later. */
export interface RunLogFile {
  readonly file: string;
  readonly write: LogSink;
  close(): void;
}

/**
 * Opens at the first line; appends, since blocks of one run with the same state id share the file. It is for
 * this user alone: plugins write into it what they like. A file that cannot be written never ends a run: `onFailure` is called once, and the rest is not kept.
 */
export function createRunLogFile(file: string, onFailure: (error: unknown) => void): RunLogFile {
  let handle: number | undefined;
  let hasFailed = false;
  return {
    file,
    write(line) {
      if (hasFailed) return;
      try {
        handle ??= open(file);
        writeSync(handle, `${renderConsoleLine(line, { color: false })}\n`);
      } catch (error) {
        hasFailed = true;
        onFailure(error);
      }
    },
    close() {
      if (handle !== undefined) closeSync(handle);
      handle = undefined;
      hasFailed = true;
    },
  };
}

function open(file: string): number {
  makeFolder(dirname(file));
  return openSync(file, 'a', 0o600);
}
