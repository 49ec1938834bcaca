import { type ConfigOf, defineConfig } from '@meltano/sdk/config/config';
import { setting } from '@meltano/sdk/config/setting';
import {
  entrySchema,
  type FileEntry,
  fileEntries,
  fileEntry,
  parseWritten,
  type WrittenFileEntry,
} from '../file-definition.ts';
import type { CsvFormat } from './csv-format.ts';

const char = { type: 'string', minLength: 1, maxLength: 1 };

const schema = entrySchema({
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
});

/** Names as in MeltanoLabs' tap-csv, plus invalid_rows. */
export const csvConfig = defineConfig({
  files: setting.array(
    {
      label: 'Files',
      description:
        'A list of files, each an object with entity, path and keys, and optionally encoding, delimiter, quotechar, ' +
        'escapechar, doublequote, skipinitialspace, schema, replication_key and only_modified.',
      placeholder: '[{"entity": "customers", "path": "data/customers.csv", "keys": ["id"]}]',
    },
    { items: schema },
  ),
  csv_files_definition: setting.string({
    label: 'CSV Files Definition',
    description: 'A JSON file that holds the list of files, instead of files.',
    documentation: 'https://github.com/MeltanoLabs/tap-csv#settings',
  }),
  add_metadata_columns: setting.boolean({
    label: 'Add Metadata Columns',
    description: 'Add _sdc_source_file, _sdc_source_file_mtime and _sdc_source_lineno to every record.',
    default: false,
  }),
  invalid_rows: setting.option(['fail', 'skip'], {
    label: 'Invalid Rows',
    description:
      'A row that has more or fewer fields than the header ends the run (fail), or is left out and counted in the log (skip).',
    default: 'fail',
  }),
});

type CsvConfig = ConfigOf<(typeof csvConfig)['settings']>;

/** An entry of `files`, with how its files are written. */
export interface CsvEntry extends FileEntry {
  readonly format: CsvFormat;
}

interface WrittenCsvEntry extends WrittenFileEntry {
  readonly delimiter?: string;
  readonly quotechar?: string;
  readonly escapechar?: string | null;
  readonly doublequote?: boolean;
  readonly skipinitialspace?: boolean;
}

/** The entries of `files`, in their order. */
export function csvEntries(config: CsvConfig): readonly CsvEntry[] {
  return fileEntries(config.files, config.csv_files_definition).map((value, at) => {
    const written = parseWritten<WrittenCsvEntry>(value, at, schema);
    return { ...fileEntry(written), format: formatOf(written) };
  });
}

function formatOf(written: WrittenCsvEntry): CsvFormat {
  return {
    delimiter: written.delimiter ?? (/\.tsv(\.gz)?$/i.test(written.path) ? '\t' : ','),
    quote: written.quotechar ?? '"',
    escape: written.escapechar || undefined,
    doubleQuote: written.doublequote ?? true,
    skipInitialSpace: written.skipinitialspace ?? false,
  };
}
