import { defineErrors } from '@meltano/foundation/errors';

export const targetError = defineErrors('target', {
  no_schema: 'plugin',
  invalid_schema: 'plugin',
  invalid_record: 'plugin',
  unsupported_message: 'plugin',
  name_clash: 'invalid',
  unusable_table: 'invalid',
  no_key: 'invalid',
  key_type: 'invalid',
  incremental_overwrite: 'invalid',
  foreign_table: 'invalid',
  schema_frozen: 'invalid',
  history_table: 'invalid',
  too_many_quarantined: 'plugin',
});

export function beforeSchema(stream: string) {
  return targetError('no_schema', {
    message: `Stream ${stream} sent a record or version before its schema`,
    hint: 'the tap must send a SCHEMA message first',
    details: { stream },
  });
}

export function unsupportedMessage(type: unknown) {
  return targetError('unsupported_message', {
    message: `The tap sent a message of type ${JSON.stringify(type ?? null)}, which this target cannot load`,
    hint: 'switch the feature off in the tap, so that it sends records',
  });
}

/** A record that the settings let end the run; `count` of its batch have the same fault. */
export function refusedRecord(stream: string, reason: string, count: number) {
  const others = count === 1 ? '' : ` (and ${count - 1} more in the same batch)`;
  return targetError('invalid_record', {
    message: `A record of stream ${stream} cannot be loaded: ${reason}${others}`,
    hint: 'correct the schema with the extra "schema" of the extractor, or set invalid_records to another value than fail',
    details: { stream, reason, count },
  });
}
