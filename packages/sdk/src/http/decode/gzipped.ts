import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errorMessage } from '@meltano/foundation/errors';
import { httpError } from '../errors.ts';
import type { Decoder } from './decoder.ts';

/**
 * What another decoder makes of a file that is compressed with gzip, which the API sends as it is. An answer that is
 * not compressed is read, too: some APIs compress only now and then.
 */
export function gzipped(inner: Decoder): Decoder {
  return { ...inner, read: (bytes, facts) => inner.read(unzipped(bytes, facts.label), facts) };
}

async function* unzipped(bytes: AsyncIterable<Uint8Array>, label: string): AsyncGenerator<Uint8Array> {
  const source = Readable.from(bytes, { objectMode: false });
  const [first, all] = await beginningOf(source);
  if (!isGzip(first)) {
    yield* all;
    return;
  }
  const unzip = pipeline(all, createGunzip(), () => {});
  try {
    yield* unzip as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw httpError('unreadable_body', {
      message: `${label} answers with a file that is not whole gzip: ${errorMessage(cause)}`,
      hint: 'run again: the state is kept; where it stays so, the API may have written it wrongly',
      details: { url: label },
      cause,
    });
  }
}

/** Whether bytes begin as RFC 1952 §2.3.1 says. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The first two bytes at least, where there are so many, and all of them. */
async function beginningOf(source: Readable): Promise<readonly [Uint8Array, Readable]> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let first = Buffer.alloc(0);
  while (first.length < 2) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    first = Buffer.concat([first, value]);
  }
  const all = async function* () {
    if (first.length > 0) yield first;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  return [first, Readable.from(all(), { objectMode: false })];
}
