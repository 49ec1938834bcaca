import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces the content of a file as one step: a reader finds the old text or the new one. An existing file
 * keeps its mode, a symbolic link stays one; a new file gets `mode`.
 */
export function replaceFile(file: string, content: string, mode = 0o644): void {
  const present = statSync(file, { throwIfNoEntry: false });
  const target = present === undefined ? file : realpathSync(file);
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
  try {
    const handle = openSync(temporary, 'wx', present === undefined ? mode : present.mode & 0o7777);
    try {
      if (present !== undefined) fchmodSync(handle, present.mode & 0o7777);
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The same for a text that was read without its byte order mark: a file that has one keeps it. */
export function replaceText(file: string, text: string, mode?: number): void {
  const present = statSync(file, { throwIfNoEntry: false });
  const hasMark = present !== undefined && readFileSync(file).subarray(0, 3).equals(byteOrderMark);
  replaceFile(file, hasMark ? `\ufeff${text}` : text, mode);
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
