import { createReadStream, ReadStream } from 'node:fs';
import type { Readable } from 'node:stream';

/** Bytes of a file that are read at once: each piece costs a way to another thread and back. */
const highWaterMark = 512 * 1024;

/** The input of a program: the file of `--input`, or standard input, also where that is a file (`< FILE`). */
export function openInput(input: Readable | string): Readable {
  if (typeof input === 'string') return createReadStream(input, { highWaterMark });
  // What Node.js makes of a file at standard input reads in small pieces; it has not begun yet.
  if (input === process.stdin && input instanceof ReadStream)
    return createReadStream('', { fd: process.stdin.fd, autoClose: false, highWaterMark });
  return input;
}
