import { type FileHandle, open } from 'node:fs/promises';
import { errorMessage } from '@meltano/foundation/errors';
import { fileError } from './errors.ts';
import type { FoundFile } from './find-files.ts';
import { isGzip, readBytes } from './read-bytes.ts';
import { readText } from './read-text.ts';

/** A file of an entry, with the ways in which a format can read it. All of them may be used more than once. */
export interface SourceFile extends FoundFile {
  /** The content in chunks, unpacked where the file is gzip. */
  readBytes(): AsyncIterable<Uint8Array>;
  /** The content as text in chunks, in the encoding of the entry, without a byte order mark. */
  readText(): AsyncIterable<string>;
  /** The lines of the text, those of a chunk at a time, without their ends (LF or CR LF). */
  readLines(): AsyncIterable<readonly FileLine[]>;
  /** For formats that jump about. Throws `files.no_random_access` for a file that is gzip. */
  open(): Promise<OpenFile>;
}

export interface FileLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** A file for reading at any place; to be closed. */
export interface OpenFile {
  readonly byteLength: number;
  /** The bytes from `start` up to, not including, `end`: fewer when the file ends before. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

export function sourceFile(found: FoundFile, encoding: string): SourceFile {
  return {
    ...found,
    readBytes: () => readBytes(found),
    readText: () => readText(found, encoding),
    readLines: () => linesOf(readText(found, encoding)),
    open: () => openFound(found),
  };
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<readonly FileLine[]> {
  // The beginning of a line whose end has not come: put together once, when it has.
  let parts: string[] = [];
  let line = 0;
  const numbered = (text: string): FileLine => {
    line += 1;
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, line };
  };
  for await (const chunk of chunks) {
    const [first = '', ...others] = chunk.split('\n');
    parts.push(first);
    const last = others.pop();
    if (last === undefined) continue;
    const texts = [parts.join(''), ...others];
    parts = [last];
    yield texts.map(numbered);
  }
  const rest = parts.join('');
  if (rest !== '') yield [numbered(rest)];
}

async function openFound(found: FoundFile): Promise<OpenFile> {
  if (await attempt(found, () => isGzip(found.path))) {
    throw fileError('no_random_access', {
      message: `${found.name} is gzip, which can only be read from its beginning`,
      hint: 'unpack the file first',
      place: { file: found.name },
    });
  }
  return openFile(found);
}

/** Opens a file as it lies on the disk. */
export async function openFile(found: Pick<FoundFile, 'name' | 'path' | 'bytes'>): Promise<OpenFile> {
  const handle = await attempt(found, () => open(found.path));
  return {
    byteLength: found.bytes,
    read: (start, end) => attempt(found, () => readRange(handle, start, end)),
    close: () => handle.close(),
  };
}

async function readRange(handle: FileHandle, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function attempt<T>(found: Pick<FoundFile, 'name'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw fileError('unreadable', {
      message: `${found.name} cannot be read: ${errorMessage(cause)}`,
      hint: 'check that the file is there and that you may read it',
      place: { file: found.name },
      cause,
    });
  }
}
