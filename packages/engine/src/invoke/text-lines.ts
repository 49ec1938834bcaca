import type { Readable } from 'node:stream';

/** No line of text for people is longer than this, in bytes; what is longer arrives in pieces. */
const maxLineBytes = 64 * 1024;

/**
 * Calls back with every line of text that the stream carries, whatever it holds: bytes that are no UTF-8 are
 * replaced, white space at the end of a line is cut, blank lines are left out, endless lines are cut in
 * pieces. Never stops reading, so the writer is never blocked. Resolves at the end of the stream.
 */
export function readTextLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  const emit = (bytes: Buffer) => {
    const line = bytes.toString('utf8').trimEnd();
    if (line !== '') onLine(line);
  };
  const flush = (last?: Buffer) => {
    if (last !== undefined) rest.push(last);
    emit(rest.length === 1 ? (rest[0] as Buffer) : Buffer.concat(rest));
    rest = [];
    restBytes = 0;
  };
  const keep = (part: Buffer) => {
    let from = 0;
    while (restBytes + part.length - from >= maxLineBytes) {
      const piece = part.subarray(from, from + maxLineBytes - restBytes);
      from += piece.length;
      flush(piece);
    }
    if (from >= part.length) return;
    rest.push(part.subarray(from));
    restBytes += part.length - from;
  };
  stream.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      keep(chunk.subarray(start, end));
      flush();
      start = end + 1;
    }
    keep(chunk.subarray(start));
  });
  return new Promise((resolve) => {
    const done = () => {
      stream.removeListener('close', done);
      stream.removeListener('end', done);
      if (restBytes > 0) flush();
      resolve();
    };
    stream.once('end', done);
    stream.once('close', done);
    stream.on('error', () => done());
  });
}
