import { defineErrors } from '@meltano/foundation/errors';

export const authoringError = defineErrors('authoring', {
  invalid_name: 'usage',
  usage: 'usage',
  folder_not_empty: 'conflict',
  cannot_write: 'environment',
  not_a_connector: 'invalid',
  not_converted: 'invalid',
  unreachable: 'environment',
  no_records: 'invalid',
  unreadable_document: 'invalid',
  aborted: 'cancelled',
});
