import { createInterface } from 'node:readline';
import type { Terminal } from './globals.ts';

/** Lines of an input that several questions read from in turn. */
const readers = new WeakMap<Terminal['stdin'], AsyncIterator<string>>();

/**
 * The next line of a standard input that is no terminal, as in `yes | meltano …`; undefined at its end. Between
 * questions the input does not keep the program alive.
 */
export async function nextPipedLine(stdin: Terminal['stdin']): Promise<string | undefined> {
  const reader = readers.get(stdin) ?? createInterface({ input: stdin })[Symbol.asyncIterator]();
  readers.set(stdin, reader);
  // A file has no such switch, and needs none: it ends by itself.
  stdin.ref?.();
  const { value, done } = await reader.next();
  stdin.unref?.();
  return done ? undefined : value;
}
