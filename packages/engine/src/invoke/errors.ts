import { defineErrors } from '@meltano/foundation/errors';

export const invokeError = defineErrors('invoke', {
  executable_not_found: 'missing',
  unknown_command: 'missing',
  undefined_variable: 'invalid',
  unbalanced_quotes: 'invalid',
  cannot_start: 'plugin',
  cannot_invoke: 'invalid',
  native_unavailable: 'environment',
  no_such_file: 'missing',
  invalid_container: 'invalid',
  no_container_program: 'environment',
  container_engine_down: 'environment',
  preparation_failed: 'plugin',
  setting_refused: 'invalid',
});
