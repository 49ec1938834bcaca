import { type ConfigOf, defineConfig } from '@meltano/sdk/config/config';
import { setting } from '@meltano/sdk/config/setting';
import { entrySchema, type FileEntry, fileEntries, fileEntry, parseWritten } from '../file-definition.ts';

const schema = entrySchema();

export const jsonlConfig = defineConfig({
  files: setting.array(
    {
      label: 'Files',
      description:
        'A list of files, each an object with entity, path and keys, and optionally encoding, schema, ' +
        'replication_key and only_modified. A file holds one JSON object per line, or one array of objects.',
      placeholder: '[{"entity": "events", "path": "data/events/*.jsonl.gz", "keys": ["id"]}]',
    },
    { items: schema },
  ),
  jsonl_files_definition: setting.string({
    label: 'JSON Lines Files Definition',
    description: 'A JSON file that holds the list of files, instead of files.',
  }),
  sample_records: setting.integer({
    label: 'Sample Records',
    description:
      'Records of each file that are looked at to learn names and types of columns; 0 looks at all of them. A ' +
      'column that the sample does not have is left out and counted in the log, unless the schema of its entry has it.',
    default: 1_000,
  }),
  add_metadata_columns: setting.boolean({
    label: 'Add Metadata Columns',
    description: 'Add _sdc_source_file, _sdc_source_file_mtime and _sdc_source_lineno to every record.',
    default: false,
  }),
});

type JsonlConfig = ConfigOf<(typeof jsonlConfig)['settings']>;

/** The entries of `files`, in their order. */
export function jsonlEntries(config: JsonlConfig): readonly FileEntry[] {
  return fileEntries(config.files, config.jsonl_files_definition).map((value, at) =>
    fileEntry(parseWritten(value, at, schema)),
  );
}
