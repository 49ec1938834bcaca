import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errorMessage } from '@meltano/foundation/errors';
import { fileError } from './errors.ts';
import type { FoundFile } from './find-files.ts';

const chunkBytes = 256 * 1024;
const leastBytes = 1_024;

/** The bytes of a file in chunks; gzip is recognised by its first bytes, not by the name. */
export async function* readBytes(file: FoundFile): AsyncGenerator<Uint8Array> {
  try {
    const zipped = await isGzip(file.path);
    // Thousands of small files would otherwise leave thousands of large, empty buffers to be cleared away.
    const highWaterMark = Math.min(chunkBytes, Math.max(file.bytes + 1, leastBytes));
    const raw = createReadStream(file.path, { highWaterMark });
    // The callback takes the error, which the iterator throws as well.
    yield* zipped ? pipeline(raw, createGunzip({ chunkSize: chunkBytes }), () => {}) : raw;
  } catch (cause) {
    throw fileError('unreadable', {
      message: `${file.name} cannot be read: ${errorMessage(cause)}`,
      hint: 'check that the file is complete and that you may read it',
      place: { file: file.name },
      cause,
    });
  }
}

export async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}
