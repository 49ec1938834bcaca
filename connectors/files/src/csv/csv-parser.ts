import { filesError } from '../errors.ts';
import type { CsvDialect } from './csv-dialect.ts';

export interface CsvRow {
  readonly fields: readonly string[];
  /** The line on which the row begins, from 1. */
  readonly line: number;
}

/**
 * Cuts text that comes in pieces into rows. States: between rows; inside a row whose end has not come yet,
 * which is read again from its beginning with the next piece. Blank lines are no rows. Lines end in LF, CR LF
 * or CR; inside quotes they are part of the field.
 */
export interface CsvParser {
  push(text: string): readonly CsvRow[];
  /** The last row, when it had no line end. */
  end(): readonly CsvRow[];
}

/** A row longer than this is taken for a quote that was never closed (Invariant 9). */
const maxRowLength = 64 * 1024 * 1024;

export function createCsvParser(format: CsvDialect, file: string): CsvParser {
  const { delimiter, quote } = format;
  // Without any of these in a line its fields are simply what stands between delimiters.
  const simple = (text: string) =>
    !text.includes(quote) &&
    (format.escape === undefined || !text.includes(format.escape)) &&
    !format.skipInitialSpace;
  let rest = '';
  let line = 1;

  const fastRow = (
    text: string,
    start: number,
  ): { fields: readonly string[]; next: number; lines: number } | undefined => {
    const end = text.indexOf('\n', start);
    if (end === -1) return undefined;
    const stop = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    const row = text.slice(start, stop);
    if (!simple(row) || row.includes('\r')) return undefined;
    return { fields: row === '' ? [] : row.split(delimiter), next: end + 1, lines: 1 };
  };

  const parse = (text: string, last: boolean): readonly CsvRow[] => {
    const rows: CsvRow[] = [];
    let start = 0;
    while (start < text.length) {
      const row = fastRow(text, start) ?? scanRow(text, start, format, last);
      if (row === undefined) break;
      if (row.fields.length > 1 || row.fields[0] !== undefined) rows.push({ fields: row.fields, line });
      line += row.lines;
      start = row.next;
    }
    rest = text.slice(start);
    return rows;
  };

  return {
    push(text) {
      const rows = parse(rest + text, false);
      if (rest.length > maxRowLength) throw unclosed(file, line);
      return rows;
    },
    end() {
      const rows = parse(rest, true);
      if (rest !== '') throw unclosed(file, line);
      return rows;
    },
  };
}

function unclosed(file: string, line: number) {
  return filesError('unclosed_quote', {
    message: `${file}:${line} opens a quote that is never closed`,
    hint: 'correct the line, or set quotechar and escapechar as the file has them',
    place: { file, line },
  });
}

/** Reads one row character by character; undefined when the text ends before the row does. */
function scanRow(
  text: string,
  start: number,
  format: CsvDialect,
  last: boolean,
): { fields: readonly string[]; next: number; lines: number } | undefined {
  const fields: string[] = [];
  let at = start;
  let lines = 0;
  let touched = false;
  for (;;) {
    const field = scanField(text, at, format, last);
    if (field === undefined) return undefined;
    fields.push(field.value);
    lines += field.lines;
    touched ||= field.next > at;
    const end = text[field.next];
    if (end === format.delimiter) {
      at = field.next + 1;
      touched = true;
      continue;
    }
    // A CR at the very end of a piece may be the first half of CR LF.
    if (end === '\r' && field.next + 1 === text.length && !last) return undefined;
    const width = end === undefined ? 0 : end === '\r' && text[field.next + 1] === '\n' ? 2 : 1;
    return { fields: touched ? fields : [], next: field.next + width, lines: lines + 1 };
  }
}

interface Field {
  readonly value: string;
  /** Where the delimiter or line end stands. */
  readonly next: number;
  readonly lines: number;
}

function scanField(text: string, start: number, format: CsvDialect, last: boolean): Field | undefined {
  let at = start;
  if (format.skipInitialSpace) while (text[at] === ' ') at += 1;
  return text[at] === format.quote
    ? quotedField(text, at + 1, format, last)
    : plainField(text, at, format, last);
}

function plainField(text: string, start: number, format: CsvDialect, last: boolean): Field | undefined {
  let value = '';
  let from = start;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === format.escape && format.escape !== undefined) {
      if (at + 1 >= text.length) break;
      value += text.slice(from, at);
      from = at + 1;
      at += 1;
    } else if (char === format.delimiter || char === '\n' || char === '\r') {
      return { value: value + text.slice(from, at), next: at, lines: 0 };
    }
  }
  return last ? { value: value + text.slice(from), next: text.length, lines: 0 } : undefined;
}

function quotedField(text: string, start: number, format: CsvDialect, last: boolean): Field | undefined {
  let value = '';
  let from = start;
  let lines = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\n') lines += 1;
    if (char === format.escape && format.escape !== undefined && char !== format.quote) {
      value += text.slice(from, at);
      from = at + 1;
      at += 1;
    } else if (char === format.quote) {
      value += text.slice(from, at);
      if (at + 1 === text.length && !last) return undefined;
      if (format.doubleQuote && text[at + 1] === format.quote) {
        from = at + 1;
        at += 1;
        continue;
      }
      const tail = plainField(text, at + 1, format, last);
      return tail === undefined ? undefined : { value: value + tail.value, next: tail.next, lines };
    }
  }
  return undefined;
}
