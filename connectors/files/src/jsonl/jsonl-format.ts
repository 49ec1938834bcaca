import type { FileFormat } from '@meltano/sdk/file/file-format';
import { createSchemaSample } from './infer-schema.ts';
import { readJsonObjects } from './json-values.ts';

interface JsonlConfig {
  /** Records per file; 0 for all. */
  readonly sample_records: number;
}

/** JSON objects, typed by a sample of each file. */
export const jsonlFormat: FileFormat<JsonlConfig> = {
  sampled: 'raise sample_records if it comes late',
  async properties(file, _, { config }) {
    const sample = createSchemaSample();
    let left = config.sample_records === 0 ? Number.POSITIVE_INFINITY : config.sample_records;
    for await (const { records } of readJsonObjects(file)) {
      for (const record of records.slice(0, left)) sample.add(record);
      left -= records.length;
      if (left <= 0) break;
    }
    return sample.properties();
  },
  read: (file) => readJsonObjects(file),
};
