import { setting } from '@meltano/sdk/config/setting';
import { metadataColumnsSetting } from '@meltano/sdk/file/file-config';
import { fileTap } from '@meltano/sdk/file/file-tap';
import { csvFormat } from './csv/csv-format.ts';

/** Names as in MeltanoLabs' tap-csv, plus invalid_rows. */
export const tapCsv = fileTap({
  name: 'tap-csv',
  label: 'Comma Separated Values (CSV)',
  description: 'Reads local CSV files, plain or gzip, one stream per entry of files',
  version: '0.1.0',
  definition: { keywords: ['file', 'native'] },
  endings: ['.csv', '.tsv', '.csv.gz', '.tsv.gz'],
  files: {
    description:
      'A list of files, each an object with entity, path and keys, and optionally encoding, delimiter, quotechar, ' +
      'escapechar, doublequote, skipinitialspace, schema, replication_key and only_modified.',
    placeholder: '[{"entity": "customers", "path": "data/customers.csv", "keys": ["id"]}]',
  },
  filesDefinition: {
    name: 'csv_files_definition',
    label: 'CSV Files Definition',
    documentation: 'https://github.com/MeltanoLabs/tap-csv#settings',
  },
  settings: {
    add_metadata_columns: metadataColumnsSetting,
    invalid_rows: setting.option(['fail', 'skip'], {
      label: 'Invalid Rows',
      description:
        'A row that has more or fewer fields than the header ends the run (fail), or is left out and counted in the log (skip).',
      default: 'fail',
    }),
  },
  format: csvFormat,
});
