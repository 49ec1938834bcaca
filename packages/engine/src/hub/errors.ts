import { defineErrors } from '@meltano/foundation/errors';

export const hubError = defineErrors('hub', {
  unreachable: 'environment',
  unknown_plugin: 'missing',
  unknown_variant: 'missing',
  unknown_type: 'missing',
  refused: 'environment',
  invalid_answer: 'environment',
});
