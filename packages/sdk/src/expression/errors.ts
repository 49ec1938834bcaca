import { defineErrors } from '@meltano/foundation/errors';

export const expressionError = defineErrors('expression', {
  /** The text is not an expression of Python. */
  syntax: 'invalid',
  /** It is one, with a feature that expressions do not have. */
  not_available: 'invalid',
  /** It failed on a record. */
  failed: 'plugin',
});
