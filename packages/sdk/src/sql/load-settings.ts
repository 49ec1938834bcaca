import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import type { ConfigOf } from '../config/config.ts';
import { setting } from '../config/setting.ts';
import { type LoadMethod, loadMethods, recordPolicies, type SqlLoadOptions } from './load-options.ts';
import { parseQuarantineLimit } from './quarantine-limit.ts';
import { contractSchema, parseContract } from './schema-contract.ts';

/**
 * Settings of every SQL target, under the names of the Meltano SDK where it has them. A target says one again where
 * its variant in the Hub has another name or default: `{ ...loadSettings, batch_size_rows: setting.integer(…) }`.
 */
export const loadSettings = {
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
    description: 'Records of one stream after which all is made durable and state is acknowledged.',
    default: 10_000,
  }),
  add_record_metadata: setting.boolean({
    label: 'Add Record Metadata',
    description:
      'Add the columns _sdc_extracted_at, _sdc_received_at, _sdc_batched_at, _sdc_deleted_at, _sdc_sequence, _sdc_table_version and _sdc_sync_started_at.',
    default: false,
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
  stream_load_methods: setting.object(
    {
      label: 'Load Methods by Stream',
      description:
        'Other load methods for some streams, by name or pattern, the last match winning: ' +
        '{"events-*": "append-only", "customers": "scd2"}.',
    },
    { additionalProperties: { enum: [...loadMethods] } },
  ),
  overwrite_incremental: setting.boolean({
    label: 'Overwrite Incremental Streams',
    description:
      'Let overwrite replace tables by streams that are read incrementally, although they may bring only what is new. ' +
      'Not needed in a run that starts without state or with --full-refresh; as a program of its own the target does not see that.',
    default: false,
  }),
  schema_contract: setting.object(
    {
      label: 'Schema Contract',
      description:
        'What happens when a stream does not fit its table. tables: it has none; columns: it has more columns; ' +
        'data_type: a column cannot hold a value. Each is evolve (the table follows; the default), freeze (the run fails and ' +
        'tells the difference), discard_value, discard_row or quarantine (the record goes to the table _sdc_quarantine). ' +
        'Under streams, by name or pattern: {"columns": "freeze", "streams": {"raw-*": "evolve", "users": {"data_type": "quarantine"}}}.',
    },
    contractSchema,
  ),
  invalid_records: setting.option(recordPolicies, {
    label: 'Invalid Records',
    description:
      'A record that its columns cannot hold, or that has no key, ends the run (fail), is left out, counted and reported ' +
      '(refuse), or is put into the table _sdc_quarantine, counted and reported (quarantine).',
    default: 'fail',
  }),
  max_quarantined: setting.string({
    label: 'Max Quarantined',
    description:
      'How many records of a stream may be put into quarantine before the run fails: a number, or a share of its records such as 2%.',
    default: '1000',
  }),
} as const;

/** What `loadSettings` say, as options; `defaultSchema` counts where no schema is set. */
export function loadOptions(given: ConfigOf<typeof loadSettings>, defaultSchema: string): SqlLoadOptions {
  return {
    loadMethod: given.load_method,
    streamLoadMethods: Object.entries(given.stream_load_methods ?? {}).map(([pattern, method]) => [
      pattern,
      method as LoadMethod,
    ]),
    schema: given.default_target_schema || defaultSchema,
    schemaMapping: schemaMapping(given.schema_mapping ?? {}),
    addRecordMetadata: given.add_record_metadata,
    hardDelete: given.hard_delete,
    activateVersions: given.process_activate_version_messages,
    keysRequired: given.primary_key_required,
    batchRows: given.batch_size_rows,
    flattenLevels: given.data_flattening_max_level,
    overwriteIncremental: given.overwrite_incremental,
    contract: parseContract(given.schema_contract),
    invalidRecords: given.invalid_records,
    maxQuarantined: parseQuarantineLimit(given.max_quarantined),
  };
}

function schemaMapping(mapping: JsonObject): ReadonlyMap<string, string> {
  const targets = Object.entries(mapping).map(([source, target]) => {
    const name = isJsonObject(target) ? target['target_schema'] : target;
    return [source, String(name)] as const;
  });
  return new Map(targets);
}
