import { defineErrors } from '@meltano/foundation/errors';

export const manifestError = defineErrors('manifest', {
  unreadable: 'missing',
  invalid: 'invalid',
  not_imported: 'invalid',
  no_value: 'invalid',
  no_records: 'invalid',
  no_token: 'invalid',
});
