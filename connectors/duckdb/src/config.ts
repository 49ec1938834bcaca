import { type ConfigOf, defineConfig } from '@meltano/sdk/config/config';
import { setting } from '@meltano/sdk/config/setting';
import type { SqlLoadOptions } from '@meltano/sdk/sql/load-options';
import { loadSettings, loadOptions as sharedOptions } from '@meltano/sdk/sql/load-settings';
import { dialect } from './dialect.ts';

/** How much room DuckDB has; of the target and the tap. */
const memorySettings = {
  memory_limit: setting.string({
    label: 'Memory Limit',
    description:
      'How much memory DuckDB may use, e.g. 512MB or 2GB. What does not fit goes to temporary files.',
    default: '512MB',
  }),
  temp_dir: setting.string({
    label: 'Temporary Directory',
    description: 'Where DuckDB keeps temporary files; by default beside the database file.',
  }),
} as const;

const { add_record_metadata: metadataSetting, ...shared } = loadSettings;

/** Names as in the Hub's default variant of target-duckdb, plus load_method, memory_limit, temp_dir and those of every SQL target. */
export const config = defineConfig({
  path: setting.string({
    label: 'Path',
    description:
      'The DuckDB file to load into; made when it is not there. Relative to the working directory.',
    placeholder: 'output/warehouse.duckdb',
  }),
  filepath: setting.string({
    label: 'File Path',
    description: 'The same as path, which wins when both are set.',
    hubValue: '${MELTANO_PROJECT_ROOT}/output/warehouse.duckdb',
  }),
  ...shared,
  batch_size_rows: setting.integer({
    label: 'Batch Size Rows',
    description:
      'Records of one stream after which all is made durable and state is acknowledged. More than 122,880, the ' +
      'rows of a group in a DuckDB file, is fastest: they need not go through its log.',
    default: 250_000,
  }),
  add_metadata_columns: setting.boolean({
    label: 'Add Metadata Columns',
    description: metadataSetting.description,
    default: false,
    aliases: ['add_record_metadata'],
  }),
  ...memorySettings,
});

export const tapConfig = defineConfig({
  path: setting.string({
    label: 'Path',
    description: 'The DuckDB file to read. Relative to the working directory.',
    placeholder: 'output/warehouse.duckdb',
    required: true,
    aliases: ['filepath', 'database'],
  }),
  ...memorySettings,
});

export type DuckdbConfig = ConfigOf<(typeof config)['settings']>;

export function loadOptions({ add_metadata_columns: addsMetadata, ...given }: DuckdbConfig): SqlLoadOptions {
  return sharedOptions({ ...given, add_record_metadata: addsMetadata }, dialect.defaultSchema);
}
