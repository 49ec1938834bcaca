import { setting } from '@meltano/sdk/config/setting';
import { fileTap } from '@meltano/sdk/file/file-tap';
import { jsonlFormat } from './jsonl/jsonl-format.ts';

export const tapJsonl = fileTap({
  name: 'tap-jsonl',
  label: 'JSON Lines',
  description: 'Reads local JSON files, one object per line or arrays of objects, plain or gzip',
  version: '0.1.0',
  definition: { keywords: ['file', 'native'] },
  endings: ['.jsonl', '.ndjson', '.json', '.jsonl.gz', '.ndjson.gz', '.json.gz'],
  files: {
    description:
      'A list of files, each an object with entity, path and keys, and optionally encoding, schema, ' +
      'replication_key and only_modified. A file holds one JSON object per line, or one array of objects.',
    placeholder: '[{"entity": "events", "path": "data/events/*.jsonl.gz", "keys": ["id"]}]',
  },
  filesDefinition: { name: 'jsonl_files_definition', label: 'JSON Lines Files Definition' },
  settings: {
    sample_records: setting.integer({
      label: 'Sample Records',
      description:
        'Records of each file that are looked at to learn names and types of columns; 0 looks at all of them. A ' +
        'column that the sample does not have is left out and counted in the log, unless the schema of its entry has it.',
      default: 1_000,
    }),
  },
  format: jsonlFormat,
});
