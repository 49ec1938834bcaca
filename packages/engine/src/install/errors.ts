import { defineErrors } from '@meltano/foundation/errors';

export const installError = defineErrors('install', {
  venv_failed: 'plugin',
  pip_failed: 'plugin',
  offline: 'environment',
  python_not_found: 'environment',
  program_not_found: 'environment',
  native_not_available: 'environment',
  missing_variable: 'invalid',
  locked: 'conflict',
  no_bundle: 'plugin',
  no_dbt_project: 'missing',
});
