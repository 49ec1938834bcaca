import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import { setting } from '../config/setting.ts';
import { type LoadMethod, loadMethods, recordPolicies, type SqlLoadOptions } from './load-options.ts';
import { parseQuarantineLimit } from './quarantine-limit.ts';
import { contractSchema, parseContract } from './schema-contract.ts';

/** Settings that every SQL target has under the same names; the Hub's variants have no names for them. */
export const loadSettings = {
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

/** What `loadSettings` say, as options. */
export function readLoadSettings(given: {
  readonly stream_load_methods: JsonObject | undefined;
  readonly overwrite_incremental: boolean;
  readonly schema_contract: JsonObject | undefined;
  readonly invalid_records: SqlLoadOptions['invalidRecords'];
  readonly max_quarantined: string;
}): Pick<
  SqlLoadOptions,
  'streamLoadMethods' | 'overwriteIncremental' | 'contract' | 'invalidRecords' | 'maxQuarantined'
> {
  const methods = isJsonObject(given.stream_load_methods) ? given.stream_load_methods : {};
  return {
    streamLoadMethods: Object.entries(methods).map(([pattern, method]) => [pattern, method as LoadMethod]),
    overwriteIncremental: given.overwrite_incremental,
    contract: parseContract(given.schema_contract),
    invalidRecords: given.invalid_records,
    maxQuarantined: parseQuarantineLimit(given.max_quarantined),
  };
}
