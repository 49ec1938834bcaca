import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { cliError } from './errors.ts';
import type { Terminal } from './globals.ts';

/** The text of a file, or of standard input for `-`. */
export async function readInput(path: string, terminal: Terminal): Promise<string> {
  if (path === '-') return text(terminal.stdin);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw cliError('input_unreadable', {
      message: `The file '${path}' cannot be read`,
      hint: 'name a file that exists, or - for standard input',
      cause,
    });
  }
}
