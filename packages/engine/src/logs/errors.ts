import { defineErrors } from '@meltano/foundation/errors';

export const logsError = defineErrors('logs', {
  invalid_config: 'invalid',
  unknown_run: 'missing',
  no_log_file: 'missing',
  cannot_write: 'environment',
});
