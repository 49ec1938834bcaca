import { type ConfigOf, defineConfig } from '@meltano/sdk/config/config';
import { setting } from '@meltano/sdk/config/setting';

/** Names as in the Hub's default variant of target-jsonl, plus load_method. */
export const jsonlTargetConfig = defineConfig({
  destination_path: setting.string({
    label: 'Destination Path',
    description: 'The folder of the files; made when it is not there. Relative to the working directory.',
    default: '.',
    hubValue: 'output',
  }),
  do_timestamp_file: setting.boolean({
    label: 'Timestamp File',
    description: 'Put the time of the run into the name of the file: users-20240131T120000.jsonl.',
    default: false,
  }),
  custom_name: setting.string({
    label: 'Custom Name',
    description: 'The name of the file instead of that of the stream; all streams are appended to it.',
  }),
  load_method: setting.option(['append-only', 'overwrite'], {
    label: 'Load Method',
    description:
      'append-only: lines are added to the file. overwrite: the file is replaced in one step when all records have ' +
      'arrived; a stream that is read incrementally is refused where the run goes on from a state.',
    default: 'append-only',
  }),
});

export type JsonlTargetConfig = ConfigOf<(typeof jsonlTargetConfig)['settings']>;
