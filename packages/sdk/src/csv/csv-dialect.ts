/** How CSV is written; the words are those of Python's `csv` module. Each is one character. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly quote: string;
  /** Takes the special meaning from the next character; undefined when there is none. */
  readonly escape: string | undefined;
  /** Two quotes inside a quoted field mean one. */
  readonly doubleQuote: boolean;
  /** Spaces after a delimiter do not count. */
  readonly skipInitialSpace: boolean;
}
