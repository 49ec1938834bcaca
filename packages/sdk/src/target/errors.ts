import { defineErrors } from '@meltano/foundation/errors';

export const targetError = defineErrors('target', {
  no_schema: 'plugin',
  invalid_schema: 'plugin',
  invalid_record: 'plugin',
  unsupported_message: 'plugin',
  name_clash: 'invalid',
  unusable_table: 'invalid',
  no_key: 'invalid',
  incremental_overwrite: 'invalid',
  foreign_table: 'invalid',
});
