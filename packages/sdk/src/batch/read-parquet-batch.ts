import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { errorMessage } from '@meltano/foundation/errors';
import { openFile } from '../file/source-file.ts';
import { openParquet } from '../parquet/parquet-file.ts';
import { recordSize } from '../tap/record-size.ts';
import { batchError } from './errors.ts';
import { type FileRecords, firstBytes, unreadable } from './read-batch-file.ts';

/**
 * Reads a Parquet file, a part of a row group at a time. One that is packed with gzip as a whole is unpacked into a
 * temporary file first: Parquet is read from its end.
 */
export async function* readParquetBatch(path: string, stream: string): AsyncGenerator<FileRecords> {
  const head = await firstBytes(path, stream);
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* readPlain(path, path, stream);
  const folder = await mkdtemp(join(tmpdir(), 'meltano-batch-'));
  try {
    const plain = join(folder, 'batch.parquet');
    await unpack(path, plain, stream);
    yield* readPlain(plain, path, stream);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function unpack(from: string, to: string, stream: string): Promise<void> {
  try {
    await pipeline(createReadStream(from), createGunzip(), createWriteStream(to, { mode: 0o600 }));
  } catch (cause) {
    throw unreadable(from, stream, cause);
  }
}

async function* readPlain(path: string, shown: string, stream: string): AsyncGenerator<FileRecords> {
  const name = `the batch file ${shown} of stream ${stream}`;
  const file = await openFile({ name, path, bytes: statSync(path).size });
  try {
    const parquet = await openParquet(file, name);
    for await (const { records, notNumbers } of parquet.read()) {
      const bytes = records.reduce((size, record) => size + recordSize(record), 0);
      yield { records, bytes, ...(notNumbers === 0 ? {} : { notNumbers }) };
    }
  } catch (cause) {
    throw invalid(shown, stream, cause);
  } finally {
    await file.close();
  }
}

function invalid(path: string, stream: string, cause: unknown) {
  const message = errorMessage(cause);
  return batchError('invalid_file', {
    message: message.charAt(0).toUpperCase() + message.slice(1),
    hint: 'let the tap write the batch again, or set encoding.format of its batch_config to jsonl',
    place: { file: path },
    details: { stream },
    cause,
  });
}
