import { defineErrors } from '@meltano/foundation/errors';

export const configError = defineErrors('config', {
  invalid: 'invalid',
  unreadable: 'invalid',
});
