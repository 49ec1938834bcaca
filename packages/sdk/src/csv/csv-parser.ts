import type { CsvDialect } from './csv-dialect.ts';
import { createRowScanner } from './csv-row-scanner.ts';

export interface CsvRow {
  readonly fields: readonly string[];
  /** The line on which the row begins, from 1. */
  readonly line: number;
}

/**
 * Cuts text that comes in pieces into rows. States: between rows, where a whole line without quotes is only split;
 * inside a row, which the scanner reads. Blank lines are no rows. Lines end in LF, CR LF or CR; inside quotes they
 * are part of the field.
 */
export interface CsvParser {
  push(text: string): readonly CsvRow[];
  /** The last row, when it had no line end. */
  end(): readonly CsvRow[];
}

/** A row longer than this is taken for a quote that was never closed, or for no CSV (Invariant 9). */
const maxRowLength = 64 * 1024 * 1024;

/** What makes text no CSV, with the line on which that begins. */
export interface CsvFault {
  readonly kind: 'unclosed_quote' | 'record_too_long';
  readonly line: number;
  /** Goes on after the place: `opens a quote that is never closed`. */
  readonly problem: string;
}

/** `fault` makes the error that is thrown for text that cannot be read. */
export function createCsvParser(dialect: CsvDialect, fault: (found: CsvFault) => Error): CsvParser {
  const scanner = createRowScanner(dialect);
  let line = 1;
  // The last piece ended in CR, which may be the first half of CR LF.
  let isAfterReturn = false;

  /** Fields of a line that holds nothing but fields and delimiters. */
  const simpleFields = (text: string, start: number, end: number): readonly string[] | undefined => {
    const stop = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    const row = text.slice(start, stop);
    const isSimple =
      !row.includes(dialect.quote) &&
      (dialect.escape === undefined || !row.includes(dialect.escape)) &&
      !dialect.skipInitialSpace &&
      !row.includes('\r');
    if (!isSimple) return undefined;
    return row === '' ? [] : row.split(dialect.delimiter);
  };

  const takeScanned = (rows: CsvRow[]) => {
    const { fields, lines } = scanner.take();
    if (fields.length > 0) rows.push({ fields, line });
    line += lines + 1;
  };

  return {
    push(text) {
      const rows: CsvRow[] = [];
      let at = isAfterReturn && text.startsWith('\n') ? 1 : 0;
      if (text !== '') isAfterReturn = false;
      let hasLineFeed = true;
      while (at < text.length) {
        if (scanner.length === 0 && hasLineFeed) {
          const end = text.indexOf('\n', at);
          hasLineFeed = end !== -1;
          const fields = hasLineFeed ? simpleFields(text, at, end) : undefined;
          if (fields !== undefined) {
            if (fields.length > 0) rows.push({ fields, line });
            line += 1;
            at = end + 1;
            continue;
          }
        }
        const end = scanner.scan(text, at);
        if (end === -1) break;
        takeScanned(rows);
        const isReturn = text.charCodeAt(end) === 13;
        isAfterReturn = isReturn && end + 1 === text.length;
        at = isReturn && text.charCodeAt(end + 1) === 10 ? end + 2 : end + 1;
      }
      if (scanner.length > maxRowLength) throw tooLong();
      return rows;
    },
    end() {
      const rows: CsvRow[] = [];
      if (scanner.length === 0) return rows;
      if (scanner.openQuote !== undefined) throw unclosed(scanner.openQuote);
      scanner.end();
      takeScanned(rows);
      return rows;
    },
  };

  function tooLong(): Error {
    if (scanner.openQuote !== undefined) return unclosed(scanner.openQuote);
    const problem = `begins a row of more than ${maxRowLength} characters`;
    return fault({ kind: 'record_too_long', line, problem });
  }

  function unclosed(linesBefore: number): Error {
    const problem = 'opens a quote that is never closed';
    return fault({ kind: 'unclosed_quote', line: line + linesBefore, problem });
  }
}
