import { defineErrors } from '@meltano/foundation/errors';

export const workspaceError = defineErrors('workspace', {
  no_project: 'usage',
  unknown_setting: 'missing',
  include_not_a_file: 'invalid',
  include_outside: 'invalid',
  unreadable: 'environment',
  invalid_lock: 'invalid',
  ambiguous_lock: 'invalid',
  read_only: 'conflict',
  locked: 'conflict',
  changed_meanwhile: 'conflict',
  reference_not_set: 'missing',
  reference_unreadable: 'environment',
  reference_failed: 'environment',
  no_system_dir: 'environment',
});
