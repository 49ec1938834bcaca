import { defineErrors } from '@meltano/foundation/errors';

export const projectError = defineErrors('project', {
  invalid_element: 'invalid',
  invalid_name: 'invalid',
  unknown_plugin_type: 'invalid',
  duplicate_name: 'invalid',
  missing_element: 'missing',
  version_not_met: 'environment',
  invalid_version_specifier: 'invalid',
  unknown_environment: 'missing',
  environment_required: 'missing',
  invalid_interval: 'invalid',
  invalid_state_id: 'invalid',
});
