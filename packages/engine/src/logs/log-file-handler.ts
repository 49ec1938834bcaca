import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import type { HandlerTarget } from './logging-config.ts';

/** A file of `logging.yaml`: appended to, and begun anew by its size or age with older ones kept as `.1`, `.2`, … */
export interface LogFile {
  write(text: string, at: number): void;
  close(): void;
}

type FileTarget = Exclude<HandlerTarget, { kind: 'stream' }>;

export function openLogFile(target: FileTarget): LogFile {
  const { file } = target;
  makeFolder(dirname(file));
  const isFresh = target.kind === 'file' && !target.append;
  let handle = openSync(file, isFresh ? 'w' : 'a');
  let size = statSync(file).size;
  let begunAt: number | undefined;
  const beginAnew = () => {
    closeSync(handle);
    keepBackups(file, target.kind === 'file' ? 0 : target.backups);
    handle = openSync(file, 'w');
    size = 0;
  };
  return {
    write(text, at) {
      const bytes = Buffer.from(text);
      begunAt ??= at;
      if (
        target.kind === 'rotating' &&
        target.maxBytes > 0 &&
        size > 0 &&
        size + bytes.length > target.maxBytes
      )
        beginAnew();
      if (target.kind === 'timed' && at - begunAt >= target.seconds * 1000) {
        beginAnew();
        begunAt = at;
      }
      writeSync(handle, bytes);
      size += bytes.length;
    },
    close: () => closeSync(handle),
  };
}

/** Without any the old content is gone, as with Python's handlers. */
function keepBackups(file: string, backups: number): void {
  rmSync(`${file}.${backups}`, { force: true });
  for (let number = backups - 1; number >= 0; number -= 1) {
    const from = number === 0 ? file : `${file}.${number}`;
    if (existsSync(from)) renameSync(from, `${file}.${number + 1}`);
  }
}
