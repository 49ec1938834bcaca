import { defineErrors } from '@meltano/foundation/errors';

export const batchError = defineErrors('batch', {
  unsupported: 'plugin',
  unreadable: 'environment',
  not_writable: 'environment',
  invalid_file: 'plugin',
  invalid_config: 'invalid',
  not_in_parquet: 'invalid',
});
