import { defineErrors } from '@meltano/foundation/errors';

export const settingsError = defineErrors('settings', {
  invalid_value: 'invalid',
  invalid_definition: 'invalid',
  not_an_option: 'invalid',
  conflicting_values: 'conflict',
  variable_not_set: 'environment',
  store_not_supported: 'invalid',
  unknown_store: 'invalid',
  unknown_setting: 'missing',
  read_only: 'conflict',
});
