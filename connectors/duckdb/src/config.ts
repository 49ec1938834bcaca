import { type ConfigOf, defineConfig } from '@meltano/sdk/config/config';
import { setting } from '@meltano/sdk/config/setting';
import { loadMethods, type SqlLoadOptions } from '@meltano/sdk/sql/load-options';
import { loadSettings, readLoadSettings } from '@meltano/sdk/sql/load-settings';

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
  default_target_schema: setting.string({
    label: 'Default Target Schema',
    description: 'The schema that the tables are made in.',
    hubValue: '$MELTANO_EXTRACT__LOAD_SCHEMA',
  }),
  schema_mapping: setting.object(
    {
      label: 'Schema Mapping',
      description:
        'Schemas for streams named <schema>-<table>: {"public": "erp"} puts the stream public-users into erp.users. ' +
        'The form {"public": {"target_schema": "erp"}} is accepted, too.',
    },
    {
      additionalProperties: {
        anyOf: [{ type: 'string' }, { type: 'object', required: ['target_schema'] }],
      },
    },
  ),
  load_method: setting.option(loadMethods, {
    label: 'Load Method',
    description:
      'append-only: add all records as rows. upsert: a record replaces the row with its key; streams without key ' +
      'are appended. overwrite: the table is replaced in one step when all records have arrived; a stream that is ' +
      'read incrementally (by a replication key, or only_modified of files) is refused where the run goes on from a ' +
      'state, because its table would be replaced by what is new. scd2: a changed row becomes a new version, with ' +
      '_sdc_valid_from, _sdc_valid_to and _sdc_is_current; the time is that of the replication key where it is one.',
    default: 'upsert',
  }),
  batch_size_rows: setting.integer({
    label: 'Batch Size Rows',
    description:
      'Records of one stream after which all is made durable and state is acknowledged. More than 122,880, the ' +
      'rows of a group in a DuckDB file, is fastest: they need not go through its log.',
    default: 250_000,
  }),
  add_metadata_columns: setting.boolean({
    label: 'Add Metadata Columns',
    description:
      'Add the columns _sdc_extracted_at, _sdc_received_at, _sdc_batched_at, _sdc_deleted_at, _sdc_sequence, _sdc_table_version and _sdc_sync_started_at.',
    default: false,
    aliases: ['add_record_metadata'],
  }),
  data_flattening_max_level: setting.integer({
    label: 'Data Flattening Max Level',
    description:
      'How many levels of nested objects become columns named outer__inner; 0 keeps them as JSON columns.',
    default: 0,
  }),
  hard_delete: setting.boolean({
    label: 'Hard Delete',
    description: 'Delete rows that the source says are gone, instead of setting their _sdc_deleted_at.',
    default: false,
  }),
  process_activate_version_messages: setting.boolean({
    label: 'Process ACTIVATE_VERSION',
    description: 'Mark or delete rows of older versions of a table when the tap activates a newer one.',
    default: true,
  }),
  primary_key_required: setting.boolean({
    label: 'Primary Key Required',
    description: 'Refuse streams that have no key.',
    default: false,
  }),
  ...loadSettings,
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

export function loadOptions(given: DuckdbConfig): SqlLoadOptions {
  return {
    loadMethod: given.load_method,
    schema: given.default_target_schema || 'main',
    schemaMapping: schemaMapping(given.schema_mapping ?? {}),
    addRecordMetadata: given.add_metadata_columns,
    hardDelete: given.hard_delete,
    activateVersions: given.process_activate_version_messages,
    keysRequired: given.primary_key_required,
    batchRows: given.batch_size_rows,
    flattenLevels: given.data_flattening_max_level,
    ...readLoadSettings(given),
  };
}

function schemaMapping(mapping: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const targets = Object.entries(mapping).map(([source, target]) => {
    const name = typeof target === 'string' ? target : (target as { target_schema?: unknown }).target_schema;
    return [source, String(name)] as const;
  });
  return new Map(targets);
}
