import { defineErrors } from '@meltano/foundation/errors';

export const stateError = defineErrors('state', {
  unknown_backend: 'environment',
  invalid_uri: 'invalid',
  invalid_state_id: 'invalid',
  invalid_state: 'invalid',
  unreadable: 'environment',
  lease_lost: 'conflict',
  locked: 'conflict',
  not_found: 'missing',
});
