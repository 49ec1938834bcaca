import { fileTap } from '@meltano/sdk/file/file-tap';
import { parquetFormat } from './parquet/parquet-format.ts';

/** filepath is the setting of the Hub's default variant. */
export const tapParquet = fileTap({
  name: 'tap-parquet',
  label: 'Parquet',
  description: 'Reads local Parquet files, one stream per entry of files',
  version: '0.1.0',
  definition: { keywords: ['file', 'native'] },
  endings: ['.parquet', '.parq', '.pq'],
  files: {
    description:
      'A list of files, each an object with entity, path and keys, and optionally schema, replication_key and ' +
      'only_modified. Names and types of columns come from the files.',
    placeholder: '[{"entity": "orders", "path": "data/orders/*.parquet", "keys": ["id"]}]',
  },
  filesDefinition: { name: 'parquet_files_definition', label: 'Parquet Files Definition' },
  singlePath: { name: 'filepath', label: 'File Path' },
  format: parquetFormat,
});
