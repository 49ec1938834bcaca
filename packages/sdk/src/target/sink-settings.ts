import { type ConfigOf, defineConfig } from '../config/config.ts';
import { setting } from '../config/setting.ts';

/** Settings that every target with sinks has, under the names of the Meltano SDK. */
export const sinkSettings = {
  validate_records: setting.boolean({
    label: 'Validate Records',
    description:
      'Compare every record with the JSON Schema of its stream before it is written. Its formats are not compared.',
    default: true,
  }),
  invalid_records: setting.option(['fail', 'refuse'], {
    label: 'Invalid Records',
    description:
      'A record that does not fit its schema, or that has no key, ends the run (fail), or is left out, counted and reported (refuse).',
    default: 'fail',
  }),
  add_record_metadata: setting.boolean({
    label: 'Add Record Metadata',
    description:
      'Add _sdc_extracted_at, _sdc_received_at, _sdc_batched_at, _sdc_deleted_at, _sdc_sequence, _sdc_table_version and _sdc_sync_started_at to every record.',
    default: false,
  }),
  batch_size_rows: setting.integer({
    label: 'Batch Size Rows',
    description: 'Records of one stream that are written together.',
    default: 10_000,
  }),
  max_parallelism: setting.integer({
    label: 'Max Parallelism',
    description: 'How many streams are written at a time.',
    default: 8,
  }),
} as const;

export const sinkConfig = defineConfig(sinkSettings);

export type SinkConfig = ConfigOf<typeof sinkSettings>;
