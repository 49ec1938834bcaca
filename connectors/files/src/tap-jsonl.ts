import { defineTap } from '@meltano/sdk/tap/define-tap';
import { findFiles } from './find-files.ts';
import { jsonlConfig, jsonlEntries } from './jsonl/jsonl-config.ts';
import { jsonlStream } from './jsonl/jsonl-stream.ts';

export const tapJsonl = defineTap({
  name: 'tap-jsonl',
  label: 'JSON Lines',
  description: 'Reads local JSON files, one object per line or arrays of objects, plain or gzip',
  version: '0.1.0',
  settingsGroups: [['files'], ['jsonl_files_definition']],
  definition: { keywords: ['file', 'native'] },
  config: jsonlConfig,
  async streams({ config }) {
    const options = { addSourceColumns: config.add_metadata_columns, sampleRecords: config.sample_records };
    const endings = ['.jsonl', '.ndjson', '.json', '.jsonl.gz', '.ndjson.gz', '.json.gz'];
    return Promise.all(
      jsonlEntries(config).map((entry) =>
        jsonlStream(entry, findFiles({ path: entry.path, endings }), options),
      ),
    );
  },
});
