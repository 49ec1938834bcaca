import { defineErrors } from '@meltano/foundation/errors';

export const tapError = defineErrors('tap', {
  unknown_stream: 'invalid',
  no_replication_key: 'invalid',
  no_such_property: 'invalid',
  no_such_reference: 'internal',
  unordered_replication_key: 'plugin',
  duplicate_stream: 'internal',
  unknown_parent: 'internal',
  not_sorted: 'plugin',
  invalid_bookmark: 'invalid',
  invalid_state: 'invalid',
  stream_failed: 'plugin',
  streams_failed: 'plugin',
  invalid_record: 'plugin',
});
