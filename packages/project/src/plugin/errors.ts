import { defineErrors } from '@meltano/foundation/errors';

export const pluginError = defineErrors('plugin', {
  invalid_definition: 'invalid',
  unknown_variant: 'missing',
  definition_missing: 'missing',
  not_found: 'missing',
  inheritance_cycle: 'invalid',
  ambiguous_mapping: 'invalid',
  already_exists: 'conflict',
});
