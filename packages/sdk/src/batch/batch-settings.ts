import { setting } from '../config/setting.ts';

/** The setting of every tap, as the Meltano SDK has it; it counts where records leave the process. */
export const batchSettings = {
  batch_config: setting.object({
    label: 'Batch Configuration',
    description:
      'Write records into files and send BATCH messages, when the tap is a program of its own or the loader behind it is ' +
      'one that takes them (capability batch): ' +
      '{"encoding": {"format": "jsonl" or "parquet", "compression": "gzip" or "none"}, "storage": {"root": "file:///tmp/batches", "prefix": ""}, "batch_size": 10000}.',
  }),
} as const;
