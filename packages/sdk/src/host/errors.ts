import { defineErrors } from '@meltano/foundation/errors';

export const hostError = defineErrors('host', {
  usage: 'usage',
  unreadable_file: 'invalid',
  output_closed: 'environment',
});
