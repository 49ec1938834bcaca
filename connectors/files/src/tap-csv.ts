import { defineTap } from '@meltano/sdk/tap/define-tap';
import { csvConfig, csvEntries } from './csv/csv-config.ts';
import { csvStream } from './csv/csv-stream.ts';
import { findFiles } from './find-files.ts';

export const tapCsv = defineTap({
  name: 'tap-csv',
  label: 'Comma Separated Values (CSV)',
  description: 'Reads local CSV files, plain or gzip, one stream per entry of files',
  version: '0.1.0',
  settingsGroups: [['files'], ['csv_files_definition']],
  definition: { keywords: ['file', 'native'] },
  config: csvConfig,
  async streams({ config }) {
    const options = { addSourceColumns: config.add_metadata_columns, invalidRows: config.invalid_rows };
    const endings = ['.csv', '.tsv', '.csv.gz', '.tsv.gz'];
    return Promise.all(
      csvEntries(config).map((entry) => csvStream(entry, findFiles({ path: entry.path, endings }), options)),
    );
  },
});
