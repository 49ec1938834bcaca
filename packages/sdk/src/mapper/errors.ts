import { defineErrors } from '@meltano/foundation/errors';

export const mapperError = defineErrors('mapper', {
  invalid_maps: 'invalid',
  invalid_flattening: 'invalid',
  invalid_obfuscation: 'invalid',
  key_removed: 'invalid',
  no_such_key: 'invalid',
  name_clash: 'invalid',
  no_faker: 'environment',
  no_schema: 'plugin',
  batch: 'plugin',
  too_many_failures: 'invalid',
  failed: 'plugin',
});
