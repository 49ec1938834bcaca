import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { errorMessage } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import { isBlankLine, withoutMark } from '@meltano/singer/line';
import { createLineBlocks, type Line, type LineBlock } from '@meltano/singer/line-blocks';
import { batchError } from './errors.ts';

/** As the record lane has it, and the longest line. */
const maxRecords = 2_000;
const maxBytes = 1_000_000;
const maxLineBytes = 512 * 1024 * 1024;

/** Some records of a file, and their size as text. */
export interface FileRecords {
  readonly records: readonly JsonObject[];
  readonly bytes: number;
  /** NaN and Infinity, read as null. */
  readonly notNumbers?: number;
}

/** Reads a file of JSON Lines, plain or gzip by its first bytes, piece by piece: it is never in memory as a whole. */
export async function* readBatchFile(path: string, stream: string): AsyncGenerator<FileRecords> {
  const head = await firstBytes(path, stream);
  const blocks = createLineBlocks({ maxBytes: maxLineBytes });
  let records: JsonObject[] = [];
  let bytes = 0;
  let line = 0;
  const take = function* ({ lines, isAscii, isPlain }: LineBlock): Generator<FileRecords> {
    for (const text of lines) {
      line += 1;
      if (isBlankLine(text)) continue;
      records.push(parseRecord(text, isPlain, { path, line, stream }));
      bytes += isAscii ? text.length : Buffer.byteLength(text);
      if (records.length < maxRecords && bytes < maxBytes) continue;
      yield { records, bytes };
      records = [];
      bytes = 0;
    }
  };
  for await (const chunk of bytesOf(path, stream, head[0] === 0x1f && head[1] === 0x8b)) {
    for (const block of blocks.push(chunk)) yield* take(block);
  }
  const last = blocks.end();
  if (last !== undefined) yield* take(last);
  if (records.length > 0) yield { records, bytes };
}

/** Whether a file begins as Parquet does. */
export async function isParquet(path: string, stream: string): Promise<boolean> {
  return (await firstBytes(path, stream)).toString('latin1') === 'PAR1';
}

export async function firstBytes(path: string, stream: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, stream, cause);
  }
}

async function* bytesOf(path: string, stream: string, isGzip: boolean): AsyncGenerator<Uint8Array> {
  const out = new PassThrough();
  const file = createReadStream(path);
  const done = isGzip ? pipeline(file, createGunzip(), out) : pipeline(file, out);
  // The failure comes out of the loop below, too.
  done.catch(() => {});
  try {
    yield* out as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw unreadable(path, stream, cause);
  } finally {
    file.destroy();
  }
}

const strict = new TextDecoder('utf-8', { fatal: true });

interface Place {
  readonly path: string;
  readonly line: number;
  readonly stream: string;
}

function parseRecord(line: Line, isPlain: boolean, place: Place): JsonObject {
  let problem = 'is no JSON object';
  try {
    const text = typeof line === 'string' ? withoutMark(line) : strict.decode(line);
    const value = isPlain ? (JSON.parse(text) as JsonValue) : parseJson(text);
    if (isJsonObject(value)) return value;
  } catch {
    problem = 'is not valid JSON';
  }
  throw batchError('invalid_file', {
    message: `Line ${place.line} of the batch file ${place.path} of stream ${place.stream} ${problem}`,
    hint: 'a batch file holds one record per line, without the RECORD message around it',
    place: { file: place.path, line: place.line },
    details: { stream: place.stream },
  });
}

export function unreadable(path: string, stream: string, cause: unknown) {
  return batchError('unreadable', {
    message: `The batch file ${path} of stream ${stream} cannot be read: ${errorMessage(cause)}`,
    hint: 'tap and target must run on one machine, or share the folder of batch_config',
    details: { stream, path },
    cause,
  });
}
