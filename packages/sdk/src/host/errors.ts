import { defineErrors } from '@meltano/foundation/errors';

export const hostError = defineErrors('host', {
  usage: 'usage',
  unreadable_file: 'invalid',
  token_store: 'environment',
  test_failed: 'plugin',
  nested_too_deeply: 'plugin',
  output_closed: 'environment',
  output_failed: 'environment',
});
