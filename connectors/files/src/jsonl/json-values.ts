import { errorMessage } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject, parseJson } from '@meltano/foundation/json';
import type { FileRecords } from '@meltano/sdk/file/file-format';
import type { SourceFile } from '@meltano/sdk/file/source-file';
import { filesError } from '../errors.ts';

/**
 * The objects of a JSON file, whatever its layout: one per line, one array of all, or objects one after the
 * other over several lines. Reads as it goes; only one object is in memory beside the chunk.
 */
export async function* readJsonObjects(file: SourceFile): AsyncGenerator<FileRecords> {
  const splitter = createValueSplitter(file);
  const parsed = (texts: readonly JsonText[]): FileRecords => ({
    records: texts.map((text) => parseRecord(text, file)),
    lines: texts.map(({ line }) => line),
  });
  for await (const text of file.readText()) yield parsed(splitter.push(text));
  yield parsed(splitter.end());
}

function parseRecord({ text, line }: JsonText, file: SourceFile): JsonObject {
  const place = { file: file.name, line };
  let record: unknown;
  try {
    record = parseJson(text);
  } catch (cause) {
    throw filesError('invalid_json', {
      message: `${file.name}:${line} is not valid JSON: ${plain(errorMessage(cause))}`,
      hint: 'the file must hold one JSON object per line, or one array of objects',
      place,
    });
  }
  if (isJsonObject(record)) return record;
  throw filesError('not_an_object', {
    message: `${file.name}:${line} is not a JSON object`,
    hint: 'every line, or every element of the array, must be an object',
    place,
  });
}

/** The parser's message quotes the text, which may be personal. */
function plain(message: string): string {
  return message.replace(/, (?:\.\.\.)?".*$/s, '').replace(/ \(line .*$/, '');
}

interface JsonText {
  readonly text: string;
  readonly line: number;
}

/**
 * Cuts text into JSON values. States: at the beginning (nothing but space seen); between values, in the array
 * or outside of one; in a value, whose end a line end (outside of an array, when all brackets are closed) or a
 * closing bracket brings.
 */
interface ValueSplitter {
  push(text: string): readonly JsonText[];
  end(): readonly JsonText[];
}

const maxLength = 256 * 1024 * 1024;

function createValueSplitter(file: SourceFile): ValueSplitter {
  // What earlier pieces hold of the value: put together once, when it is whole.
  let parts: string[] = [];
  let length = 0;
  /** Where the next piece is scanned from: 1 when the last one ended in an escape inside of a text. */
  let from = 0;
  let line = 1;
  let startLine = 1;
  let inArray: boolean | undefined;
  let depth = 0;
  let inText = false;
  /** Where the value begins in the piece; -1 between values. */
  let start = -1;
  let closed = false;

  const cut = (out: JsonText[], text: string, end: number) => {
    parts.push(text.slice(start, end));
    out.push({ text: parts.join(''), line: startLine });
    parts = [];
    length = 0;
    start = -1;
  };

  const begin = (at: number) => {
    inArray ??= false;
    start = at;
    startLine = line;
  };

  const scan = (text: string): readonly JsonText[] => {
    const out: JsonText[] = [];
    let at = from;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (inText) {
        at = endOfText(text, at);
        if (at >= text.length) break;
        inText = false;
        at += 1;
        continue;
      }
      if (code === 10) {
        line += 1;
        if (start !== -1 && depth === 0 && !inArray) cut(out, text, at);
      } else if (code === 0x22) {
        if (start === -1) begin(at);
        inText = true;
      } else if (code === 0x7b || code === 0x5b) {
        if (start === -1 && code === 0x5b && inArray === undefined) inArray = true;
        else {
          if (start === -1) begin(at);
          depth += 1;
        }
      } else if (code === 0x7d || code === 0x5d) {
        if (depth > 0) depth -= 1;
        else if (inArray) {
          if (start !== -1) cut(out, text, at);
          closed = true;
          inArray = false;
          at += 1;
          continue;
        }
        if (depth === 0 && start !== -1 && code === 0x7d) cut(out, text, at + 1);
      } else if (code === 0x2c && depth === 0 && inArray) {
        if (start !== -1) cut(out, text, at);
      } else if (start === -1 && !isSpace(code)) begin(at);
      at += 1;
    }
    from = at - text.length;
    if (start === -1) return out;
    parts.push(text.slice(start));
    length += text.length - start;
    start = 0;
    if (length > maxLength) throw tooLong(file, startLine);
    return out;
  };

  return {
    push: (text) => scan(text),
    end() {
      const out: JsonText[] = [];
      if (start !== -1) cut(out, '', 0);
      else if (inArray && !closed) throw unfinished(file, line);
      return out;
    },
  };
}

/** Position of the quote that ends a text, or the end when it has not come yet. An escaped character is two. */
function endOfText(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at;
    at += code === 0x5c ? 2 : 1;
  }
  return at;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 13;
}

function unfinished(file: SourceFile, line: number) {
  return filesError('invalid_json', {
    message: `${file.name}:${line} ends in the middle of the array`,
    hint: 'the file is not complete',
    place: { file: file.name, line },
  });
}

function tooLong(file: SourceFile, line: number) {
  return filesError('record_too_long', {
    message: `${file.name}:${line} begins a value of more than ${maxLength} characters`,
    hint: 'the file must hold one JSON object per line, or one array of objects',
    place: { file: file.name, line },
  });
}
