import type { CsvDialect } from './csv-dialect.ts';

/**
 * Reads one row after the other, character by character, each of them once: what a piece of text leaves unfinished
 * goes on with the next. States of a field: at its start; plain; inside of quotes; after a quote inside of quotes,
 * which is the first of two, or the end of the quoted part.
 */
export interface RowScanner {
  /** Reads on at `start`: returns where the line end stands, or -1 when the text ends before the row does. */
  scan(text: string, start: number): number;
  /** Characters of the unfinished row. */
  readonly length: number;
  /** Line ends before the open quote, counted from the beginning of the row; undefined when none is open. */
  readonly openQuote: number | undefined;
  /** Ends the row where the text ends. */
  end(): void;
  /** The row, which is at its end; without fields when nothing stood in it. */
  take(): ScannedRow;
}

export interface ScannedRow {
  readonly fields: readonly string[];
  /** Line ends inside of fields. */
  readonly lines: number;
}

const lineFeed = 10;
const carriageReturn = 13;
const space = 32;

export function createRowScanner(dialect: CsvDialect): RowScanner {
  const { doubleQuote, skipInitialSpace } = dialect;
  const [delimiter, quote] = [dialect.delimiter.charCodeAt(0), dialect.quote.charCodeAt(0)];
  const escape = dialect.escape?.charCodeAt(0);
  const quotedEscape = escape === quote ? undefined : escape;
  let fields: string[] = [];
  let value = '';
  let place: 'start' | 'plain' | 'quoted' | 'after quote' = 'start';
  let isEscaped = false;
  let lines = 0;
  let quoteLines = 0;
  let length = 0;

  const endField = () => {
    fields.push(value);
    value = '';
    place = 'start';
  };

  const readOn = (text: string, start: number): number => {
    // What stands from here on belongs to the field and is not in `value` yet.
    let from = start;
    for (let at = start; at < text.length; at += 1) {
      if (place === 'quoted' && quotedEscape === undefined && !isEscaped) {
        const next = text.indexOf(dialect.quote, at);
        const stop = next === -1 ? text.length : next;
        lines += countLineFeeds(text, at, stop);
        at = stop;
        if (next === -1) break;
      }
      const code = text.charCodeAt(at);
      if (isEscaped) {
        isEscaped = false;
        if (code === lineFeed) lines += 1;
        continue;
      }
      if (place === 'start') {
        if (code === space && skipInitialSpace) {
          from = at + 1;
          continue;
        }
        if (code === quote) {
          place = 'quoted';
          quoteLines = lines;
          from = at + 1;
          continue;
        }
        place = 'plain';
      }
      if (place === 'quoted') {
        if (code === lineFeed) lines += 1;
        if (code !== quote && code !== quotedEscape) continue;
        value += text.slice(from, at);
        from = at + 1;
        if (code === quote) place = 'after quote';
        else isEscaped = true;
        continue;
      }
      if (place === 'after quote') {
        from = at;
        if (code === quote && doubleQuote) {
          place = 'quoted';
          continue;
        }
        place = 'plain';
      }
      if (code === escape) {
        value += text.slice(from, at);
        from = at + 1;
        isEscaped = true;
      } else if (code === delimiter || code === lineFeed || code === carriageReturn) {
        value += text.slice(from, at);
        from = at + 1;
        endField();
        if (code !== delimiter) return at;
      }
    }
    value += text.slice(from);
    return -1;
  };

  return {
    scan(text, start) {
      const end = readOn(text, start);
      length += (end === -1 ? text.length : end) - start;
      return end;
    },
    get length() {
      return length;
    },
    get openQuote() {
      return place === 'quoted' ? quoteLines : undefined;
    },
    take() {
      const row = { fields: length > 0 ? fields : [], lines };
      fields = [];
      lines = 0;
      length = 0;
      return row;
    },
    end() {
      // A character that takes the meaning from nothing stands for itself.
      if (isEscaped) value += dialect.escape ?? '';
      isEscaped = false;
      endField();
    },
  };
}

function countLineFeeds(text: string, from: number, end: number): number {
  let count = 0;
  for (let at = from; at < end; at += 1) if (text.charCodeAt(at) === lineFeed) count += 1;
  return count;
}
