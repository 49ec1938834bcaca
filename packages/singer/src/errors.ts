import { defineErrors } from '@meltano/foundation/errors';

export const singerError = defineErrors('singer', {
  invalid_message: 'plugin',
  invalid_json: 'plugin',
  invalid_catalog: 'plugin',
  line_too_long: 'plugin',
  nested_too_deeply: 'plugin',
  invalid_pattern: 'invalid',
});
