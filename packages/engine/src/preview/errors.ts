import { defineErrors } from '@meltano/foundation/errors';

export const previewError = defineErrors('preview', {
  not_an_extractor: 'usage',
  unknown_stream: 'missing',
  stream_not_selected: 'invalid',
  nothing_selected: 'invalid',
  extractor_failed: 'plugin',
});
