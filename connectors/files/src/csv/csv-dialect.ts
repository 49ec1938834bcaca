import type { JsonObject } from '@meltano/foundation/json';
import type { CsvDialect } from '@meltano/sdk/csv/csv-dialect';
import type { FileEntry } from '@meltano/sdk/file/file-entry';
import { filesError } from '../errors.ts';

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

/** Throws `files.invalid_dialect` for characters that do not tell fields and rows apart. */
export function dialectOf(entry: FileEntry): CsvDialect {
  const { path } = entry;
  // Checked against dialectOptions when the entry was parsed.
  const written = entry.options as WrittenDialect;
  const dialect = {
    delimiter: written.delimiter ?? (/\.tsv(\.gz)?$/i.test(path) ? '\t' : ','),
    quote: written.quotechar ?? '"',
    escape: written.escapechar || undefined,
    doubleQuote: written.doublequote ?? true,
    skipInitialSpace: written.skipinitialspace ?? false,
  };
  assertDistinct(entry.entity, dialect);
  return dialect;
}

function assertDistinct(entity: string, { delimiter, quote, escape = '' }: CsvDialect): void {
  const named = Object.entries({ delimiter, quotechar: quote, escapechar: escape });
  for (const [name, character] of named) {
    // JSON Schema counts characters, of which some take two places in a text.
    if (character.length > 1) throw unfit(entity, name, 'is a character beyond U+FFFF');
    if (/[\r\n]/.test(character)) throw unfit(entity, name, 'is a line end');
  }
  if (delimiter === quote) throw unfit(entity, 'delimiter', 'is the quotechar, too');
  if (delimiter === escape) throw unfit(entity, 'delimiter', 'is the escapechar, too');
}

function unfit(entity: string, name: string, problem: string) {
  return filesError('invalid_dialect', {
    message: `The ${name} of ${entity} ${problem}`,
    hint: `set ${name} to the character that the files have`,
    details: { entity, option: name },
  });
}
