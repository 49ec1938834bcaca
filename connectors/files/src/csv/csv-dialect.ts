import type { JsonObject } from '@meltano/foundation/json';
import type { FileEntry } from '@meltano/sdk/file/file-entry';

/** How a CSV file is written; the words are those of Python's `csv` module and of MeltanoLabs' tap-csv. */
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

const char = { type: 'string', minLength: 1, maxLength: 1 };

/** What an entry of `files` may say of it. */
export const dialectOptions: JsonObject = {
  delimiter: { ...char, description: 'Stands between fields; a comma, in a .tsv file a tab.' },
  quotechar: { ...char, description: 'Stands around fields; " by default.' },
  escapechar: {
    type: ['string', 'null'],
    maxLength: 1,
    description: 'Takes the special meaning from the next character.',
  },
  doublequote: {
    type: 'boolean',
    description: 'Two quotes inside a quoted field mean one; true by default.',
  },
  skipinitialspace: { type: 'boolean', description: 'Spaces after a delimiter do not count.' },
  strict: { type: ['boolean', 'null'], description: 'Accepted for compatibility: reading is always strict.' },
};

interface WrittenDialect {
  readonly delimiter?: string;
  readonly quotechar?: string;
  readonly escapechar?: string | null;
  readonly doublequote?: boolean;
  readonly skipinitialspace?: boolean;
}

export function dialectOf({ path, options }: FileEntry): CsvDialect {
  // Checked against dialectOptions when the entry was parsed.
  const written = options as WrittenDialect;
  return {
    delimiter: written.delimiter ?? (/\.tsv(\.gz)?$/i.test(path) ? '\t' : ','),
    quote: written.quotechar ?? '"',
    escape: written.escapechar || undefined,
    doubleQuote: written.doublequote ?? true,
    skipInitialSpace: written.skipinitialspace ?? false,
  };
}
