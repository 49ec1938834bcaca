import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorMessage } from '@meltano/foundation/errors';
import { httpError } from '../errors.ts';
import { bodyTooLarge, type Failure } from '../failure.ts';

/**
 * The bytes of an answer, read whole before any of it is used: a connection that breaks off is another try, not half
 * of the records, and one that is slow to be used does not stay open. Up to 4 MiB stay in memory, more lies in a
 * file (Invariant 9).
 */
export interface SpooledBody {
  /** The first bytes, at most 64 KiB. */
  readonly head: Uint8Array;
  /** From the first byte on. */
  chunks(): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

const mostInMemory = 4 * 1024 * 1024;
const headSize = 64 * 1024;

export async function spoolBody({ body }: Response, maxBytes: number): Promise<SpooledBody | Failure> {
  const kept: Uint8Array[] = [];
  let file: FileHandle | undefined;
  let [size, inMemory] = [0, 0];
  const empty = async () => {
    file ??= await openSpool();
    await written(file.writev(kept));
    kept.length = 0;
    inMemory = 0;
  };
  let head: Uint8Array = new Uint8Array();
  try {
    for await (const chunk of body ?? []) {
      size += chunk.length;
      if (size > maxBytes) {
        await file?.close();
        return bodyTooLarge(maxBytes);
      }
      if (head.length < headSize) head = Buffer.concat([head, chunk]).subarray(0, headSize);
      kept.push(chunk);
      inMemory += chunk.length;
      if (inMemory > mostInMemory) await empty();
    }
    if (file !== undefined) await empty();
  } catch (error) {
    await file?.close();
    throw error;
  }
  const spool = file;
  return {
    head,
    chunks: () => (spool === undefined ? inPieces(kept) : fileChunks(spool)),
    close: async () => {
      kept.length = 0;
      await spool?.close();
    },
  };
}

async function* inPieces(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

const readSize = 256 * 1024;

async function* fileChunks(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(readSize), 0, readSize, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Its name is taken away at once, so that nothing is left however the program ends. */
async function openSpool(): Promise<FileHandle> {
  const path = join(tmpdir(), `meltano-answer-${randomUUID()}`);
  const file = await written(open(path, 'wx+', 0o600));
  await unlink(path);
  return file;
}

async function written<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw httpError('not_kept', {
      message: `An answer of more than ${mostInMemory} bytes cannot be kept in ${tmpdir()}: ${errorMessage(cause)}`,
      hint: 'make room there, or name another folder in TMPDIR',
      cause,
    });
  }
}
