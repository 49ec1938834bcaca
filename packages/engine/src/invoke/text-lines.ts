import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** No line of text for people is longer than this, in characters; what is longer arrives in pieces. */
const maxLine = 64 * 1024;

/**
 * How much of a long line is held back at each cut, in characters: a secret of this length is hidden whole
 * before either side of the cut is let go.
 */
const heldBack = 64 * 1024;

/**
 * Calls back with every line of text that the stream carries, whatever it holds: bytes that are no UTF-8 are
 * replaced, white space at the end of a line is cut, blank lines are left out, endless lines are cut in
 * pieces. Never stops reading, so the writer is never blocked. Resolves at the end of the stream.
 *
 * Invariant 5: `redact` is applied to lines that are cut in pieces, before they are cut: no caller could find a
 * secret in two halves. Lines that arrive whole are as they came.
 */
export function readTextLines(
  stream: Readable,
  onLine: (line: string) => void,
  redact: (text: string) => string = (text) => text,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest: string[] = [];
  let length = 0;
  const emit = (text: string) => {
    const line = text.trimEnd();
    if (line !== '') onLine(line);
  };
  const flush = () => {
    let text = rest.join('');
    rest = [];
    length = 0;
    if (text.length > maxLine) text = redact(text);
    for (let from = 0; from < text.length; from += maxLine) emit(text.slice(from, from + maxLine));
  };
  /** What is hidden stays hidden when it is looked at again together with what follows. */
  const cut = () => {
    let text = redact(rest.join(''));
    for (; text.length >= maxLine + heldBack; text = text.slice(maxLine)) emit(text.slice(0, maxLine));
    rest = [text];
    length = text.length;
  };
  const keep = (part: string) => {
    if (part === '') return;
    rest.push(part);
    length += part.length;
    if (length >= maxLine + heldBack) cut();
  };
  const take = (text: string) => {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      keep(text.slice(start, end));
      flush();
      start = end + 1;
    }
    keep(text.slice(start));
  };
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
  return new Promise((resolve) => {
    const done = () => {
      stream.removeListener('close', done);
      stream.removeListener('end', done);
      take(decoder.end());
      flush();
      resolve();
    };
    stream.once('end', done);
    stream.once('close', done);
    stream.on('error', () => done());
  });
}
