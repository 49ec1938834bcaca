import { defineErrors } from '@meltano/foundation/errors';

export const catalogError = defineErrors('catalog', {
  discovery_failed: 'plugin',
  discovery_unsupported: 'plugin',
  invalid_catalog: 'plugin',
  missing_file: 'missing',
  rules_failed: 'plugin',
});
