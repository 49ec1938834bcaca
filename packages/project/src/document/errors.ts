import { defineErrors } from '@meltano/foundation/errors';

export const documentError = defineErrors('document', {
  invalid_yaml: 'invalid',
  empty: 'invalid',
  not_a_mapping: 'invalid',
  not_editable: 'conflict',
  duplicate_name: 'invalid',
  missing_item: 'missing',
});
