import { defineErrors } from '@meltano/foundation/errors';

export const filesError = defineErrors('files', {
  invalid_dialect: 'invalid',
  no_header: 'invalid',
  ragged_row: 'invalid',
  unclosed_quote: 'invalid',
  invalid_json: 'invalid',
  not_an_object: 'invalid',
  record_too_long: 'invalid',
  not_writable: 'environment',
  name_clash: 'invalid',
});
