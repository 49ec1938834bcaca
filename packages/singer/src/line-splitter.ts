import { singerError } from './errors.ts';

/**
 * Cuts a stream of bytes into lines without ever making a string of them. A line is the bytes up to `\n`,
 * without it; bytes after the last `\n` are a line, too. Lines are views into the chunk where they fit in
 * one: a reader that keeps a line beyond the next `push` must copy it.
 */
export interface LineSplitter {
  push(chunk: Uint8Array): readonly Uint8Array[];
  /** The line that had no end yet, if any. */
  end(): Uint8Array | undefined;
}

/** `maxBytes` limits one line; beyond it `singer.line_too_long` is thrown. */
export function createLineSplitter(options: { readonly maxBytes: number }): LineSplitter {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;

  const keep = (part: Uint8Array) => {
    pendingBytes += part.length;
    if (pendingBytes > options.maxBytes) throw tooLong(pendingBytes, options.maxBytes);
    // The chunk's buffer belongs to the caller and may be filled again.
    pending.push(new Uint8Array(part));
  };
  const take = (rest: Uint8Array): Uint8Array => {
    if (pending.length === 0) return rest;
    const line = new Uint8Array(pendingBytes + rest.length);
    let at = 0;
    for (const part of [...pending, rest]) {
      line.set(part, at);
      at += part.length;
    }
    pending = [];
    pendingBytes = 0;
    return line;
  };

  return {
    push(chunk) {
      const lines: Uint8Array[] = [];
      let start = 0;
      let end = chunk.indexOf(10);
      while (end !== -1) {
        const length = pendingBytes + end - start;
        if (length > options.maxBytes) throw tooLong(length, options.maxBytes);
        lines.push(take(chunk.subarray(start, end)));
        start = end + 1;
        end = chunk.indexOf(10, start);
      }
      if (start < chunk.length) keep(chunk.subarray(start));
      return lines;
    },
    end: () => (pendingBytes === 0 ? undefined : take(new Uint8Array(0))),
  };
}

function tooLong(bytes: number, maxBytes: number) {
  return singerError('line_too_long', {
    message: `A line of at least ${bytes} bytes exceeds the limit of ${maxBytes} bytes`,
    hint: 'raise the limit with: meltano config set meltano elt.buffer_size <bytes>',
    details: { bytes, maxBytes },
  });
}
