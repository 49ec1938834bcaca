import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorMessage } from '@meltano/foundation/errors';
import { authoringError } from '../errors.ts';

/** Contents by path, with `/` between folders. */
export type Files = Readonly<Record<string, string>>;

/** Throws when a folder holds anything but a new repository of git. */
export function assertEmpty(folder: string): void {
  if (!existsSync(folder)) return;
  const found = readdirSync(folder).filter((name) => name !== '.git');
  if (found.length === 0) return;
  throw authoringError('folder_not_empty', {
    message: `The folder ${folder} is not empty`,
    hint: 'choose another with --folder',
  });
}

/** Writes files below a folder, which is made when it is not there. */
export function writeFiles(folder: string, files: Files): void {
  try {
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  } catch (cause) {
    throw authoringError('cannot_write', {
      message: `The files cannot be written to ${folder}: ${errorMessage(cause)}`,
      hint: 'check that the folder can be written to',
      cause,
    });
  }
}
