import { defineErrors } from '@meltano/foundation/errors';

export const httpError = defineErrors('http', {
  refused: 'plugin',
  unreachable: 'environment',
  untrusted: 'environment',
  redirected: 'plugin',
  unusable_header: 'invalid',
  unreadable_body: 'plugin',
  body_too_large: 'plugin',
  not_json: 'plugin',
  foreign_address: 'plugin',
  no_records: 'plugin',
  sign_in_failed: 'invalid',
  unusable_key: 'invalid',
  pagination_loop: 'plugin',
  invalid_address: 'invalid',
  unusable_path: 'plugin',
  invalid_option: 'invalid',
  invalid_path: 'invalid',
  no_client: 'internal',
  unusable_cassette: 'missing',
  not_recorded: 'invalid',
});
