import { fileError } from './errors.ts';
import type { FoundFile } from './find-files.ts';
import { readBytes } from './read-bytes.ts';

/** The text of a file in chunks, without a byte order mark. Bytes that the encoding does not have end the reading. */
export async function* readText(file: FoundFile, encoding: string): AsyncGenerator<string> {
  const named = pythonNames.get(encoding.toLowerCase()) ?? encoding;
  let decoder = createDecoder(file, encoding, named);
  let line = 1;
  let mark: ByteOrder | undefined;
  let first = true;
  for await (const bytes of readBytes(file)) {
    if (first) {
      mark = byteOrder(bytes);
      // Python's utf-16 looks at the mark; the web's is always little endian.
      if (mark === 'big' && named.toLowerCase() === 'utf-16')
        decoder = createDecoder(file, encoding, 'utf-16be');
      first = false;
    }
    const text = decode(
      () => decoder.decode(bytes, { stream: true }),
      file,
      encoding,
      () => line + lineWithin(bytes, named),
      mark,
    );
    line += countLines(text);
    yield text;
  }
  const rest = decode(
    () => decoder.decode(),
    file,
    encoding,
    () => line,
    mark,
  );
  if (rest !== '') yield rest;
}

type ByteOrder = 'little' | 'big';

/** That of UTF-16, when the bytes begin with its mark. */
function byteOrder(bytes: Uint8Array): ByteOrder | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'little';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'big' : undefined;
}

function createDecoder(file: FoundFile, encoding: string, name: string) {
  try {
    return new TextDecoder(name, { fatal: true });
  } catch (cause) {
    throw fileError('invalid_encoding', {
      message: `The encoding "${encoding}" of ${file.name} is not known`,
      hint: 'use a name such as utf-8, utf-16le, latin1 or windows-1252',
      cause,
    });
  }
}

/** Names that Python has for encodings and the WHATWG list has not. */
const pythonNames: ReadonlyMap<string, string> = new Map([
  ['utf_8', 'utf-8'],
  ['utf-8-sig', 'utf-8'],
  ['utf_8_sig', 'utf-8'],
  ['latin-1', 'latin1'],
  ['iso8859-1', 'latin1'],
  ['cp1252', 'windows-1252'],
  ['cp1250', 'windows-1250'],
  ['cp1251', 'windows-1251'],
  ['utf_16', 'utf-16'],
  ['utf-16-le', 'utf-16le'],
]);

function decode(
  work: () => string,
  file: FoundFile,
  encoding: string,
  line: () => number,
  mark: ByteOrder | undefined,
): string {
  try {
    return work();
  } catch (cause) {
    const at = line();
    throw fileError('invalid_encoding', {
      message: `${file.name}:${at} is not valid ${encoding}`,
      hint:
        mark === undefined
          ? 'set the encoding of the file, e.g. latin1 or windows-1252'
          : 'the file begins with the mark of UTF-16: set its encoding to utf-16',
      place: { file: file.name, line: at },
      cause,
    });
  }
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Lines before the first that does not decode on its own. */
function lineWithin(bytes: Uint8Array, name: string): number {
  const decoder = new TextDecoder(name, { fatal: true });
  let line = 0;
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    line += 1;
    start = end + 1;
  }
  return line;
}
