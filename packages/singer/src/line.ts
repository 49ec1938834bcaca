import { type JsonValue, parseJson, stringifyJson } from '@meltano/foundation/json';
import { singerError } from './errors.ts';
import type { Line } from './line-blocks.ts';
import { messageToJson, parseMessage, type SingerMessage } from './message.ts';
import { nestsDeeper } from './nesting.ts';

export interface LineReading {
  /** Hears how many `NaN`, `Infinity` and `-Infinity` of a record were read as null (Singer rule 11); without it they are errors. */
  onNotNumber?(count: number): void;
  /** The line is known to have no number whose digits a double would lose: it is read faster. */
  readonly isPlain?: boolean;
}

/**
 * Reads one line of the protocol. Throws `singer.invalid_json`, `singer.invalid_message` or
 * `singer.nested_too_deeply`, naming the stream and the byte where it can, but never record values.
 */
export function parseLine(line: Line, reading: LineReading = {}): SingerMessage {
  const text = typeof line === 'string' ? withoutMark(line) : decodeLine(line);
  if (nestsDeeper(text, maxDepth)) throw nestedTooDeeply(text);
  const json = parseText(text, reading.isPlain);
  if (json !== undefined) return parseMessage(json);
  const { value, count } = notNumbersIn(text);
  const message = value === undefined ? undefined : parseMessage(value);
  // A schema or a state is no place for a value that is none.
  if (message?.type !== 'RECORD' || reading.onNotNumber === undefined) throw invalidJson(line, text);
  reading.onNotNumber(count);
  return message;
}

function parseText(text: string, isPlain = false): JsonValue | undefined {
  try {
    return isPlain ? (JSON.parse(text) as JsonValue) : parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Reads JSON in which `NaN`, `Infinity` and `-Infinity` stand for nulls, and counts them; undefined for what is no JSON
 * all the same. A text of millions of escapes may be too much for the pattern; not being JSON, it is refused then.
 */
export function notNumbersIn(text: string): ReturnType<typeof readNotNumbers> {
  try {
    return readNotNumbers(text);
  } catch (error) {
    if (error instanceof RangeError) return { value: undefined, count: 0 };
    throw error;
  }
}

const stringOrNotNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g;

/** Python's `json` writes these words where a float is no number. In strings they are text. */
function readNotNumbers(text: string): { readonly value: JsonValue | undefined; readonly count: number } {
  let count = 0;
  if (!/NaN|Infinity/.test(text)) return { value: undefined, count };
  const valid = text.replace(stringOrNotNumber, (found) => {
    if (found.startsWith('"')) return found;
    count += 1;
    return 'null';
  });
  return { value: parseText(valid), count };
}

const strict = new TextDecoder('utf-8', { fatal: true });

function decodeLine(line: Uint8Array): string {
  try {
    return strict.decode(line);
  } catch {
    const byte = firstUndecodable(line);
    const stream = streamOf(new TextDecoder().decode(line.subarray(0, 1_000)));
    throw singerError('invalid_json', {
      message: `A line of ${line.length} bytes${ofStream(stream)} is not valid JSON: it is not UTF-8 at byte ${byte}`,
      hint: 'Singer messages are UTF-8; the tap must decode what its source has in another encoding',
      details: { byte, ...(stream === undefined ? {} : { stream }) },
    });
  }
}

/** Where a lenient reading differs from what was written. */
function firstUndecodable(line: Uint8Array): number {
  const lenient = new TextEncoder().encode(new TextDecoder().decode(line));
  return line.findIndex((byte, at) => byte !== lenient[at]);
}

/** Files that were written on Windows, one after the other, have a byte order mark before some lines. */
export function withoutMark(line: string): string {
  return line.charCodeAt(0) === 0xfeff ? line.slice(1) : line;
}

function invalidJson(line: Line, text: string) {
  const stream = streamOf(text);
  const size = typeof line === 'string' ? new TextEncoder().encode(line).length : line.length;
  const byte = errorByte(text);
  const where = byte === undefined ? '' : ` at byte ${byte}`;
  // The parser's own message quotes the text, which may be personal, so it is no cause here.
  return singerError('invalid_json', {
    message: `A line of ${size} bytes${ofStream(stream)} is not valid JSON${where}`,
    hint: 'only Singer messages may be written to standard output; logs belong on standard error',
    details: { ...(stream === undefined ? {} : { stream }), ...(byte === undefined ? {} : { byte }) },
  });
}

/** As many levels as Python's `json` reads: what is deeper comes from a mistake, and breaks whoever walks through it. */
const maxDepth = 1_000;

function nestedTooDeeply(text: string) {
  const stream = streamOf(text);
  return singerError('nested_too_deeply', {
    message: `A line of ${text.length} characters${ofStream(stream)} is nested more than ${maxDepth} levels deep`,
    hint: 'let the tap send such values as text, or leave the property out with `meltano select`',
    details: stream === undefined ? {} : { stream },
  });
}

function ofStream(stream: string | undefined): string {
  return stream === undefined ? '' : ` of stream ${stream}`;
}

/** Only where a message begins: what stands deeper may be a value of a record. */
function streamOf(text: string): string | undefined {
  return /^\s*\{\s*(?:"type"\s*:\s*"[A-Za-z_]+"\s*,\s*)?"stream"\s*:\s*"([^"\\]{1,200})"/.exec(text)?.[1];
}

function errorByte(text: string): number | undefined {
  try {
    JSON.parse(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    const at = message.includes('end of JSON') ? text.length : /at position (\d+)/.exec(message)?.[1];
    return at === undefined ? undefined : new TextEncoder().encode(text.slice(0, Number(at))).length;
  }
  return undefined;
}

/** Whether a line without its end holds nothing but spaces, tabs, carriage returns and a byte order mark. */
export function isBlankLine(line: Line): boolean {
  // Nearly every line begins with a brace.
  if (line[0] === '{' || line[0] === 0x7b) return false;
  return /^\ufeff?[ \t\r]*$/.test(typeof line === 'string' ? line : new TextDecoder().decode(line));
}

/** One message as a line of the protocol, with its `\n`. */
export function renderLine(message: SingerMessage): string {
  return `${stringifyJson(messageToJson(message))}\n`;
}
