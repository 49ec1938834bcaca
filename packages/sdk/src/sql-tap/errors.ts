import { defineErrors } from '@meltano/foundation/errors';

export const sqlTapError = defineErrors('sql_tap', {
  unknown_column: 'invalid',
  unknown_key: 'invalid',
});
