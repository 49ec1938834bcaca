import { defineErrors } from '@meltano/foundation/errors';

export const sqlTapError = defineErrors('sql_tap', {
  unknown_column: 'invalid',
  unknown_key: 'invalid',
  invalid_query: 'invalid',
  wrong_type: 'plugin',
});
