import { defineConfig } from '@meltano/sdk/config/config';
import { setting } from '@meltano/sdk/config/setting';

/** Beside the settings of stream maps and flattening, which every connector has. */
export const transformerConfig = defineConfig({
  obfuscate: setting.object({
    label: 'Obfuscate',
    description:
      'Columns whose values are hidden before anything else sees them: {stream: {column: {method: hash, tokenize, mask or redact}}}. Streams and columns may be patterns.',
    placeholder: '{"users": {"email": {"method": "hash"}, "*phone*": {"method": "mask", "keep_last": 3}}}',
  }),
  obfuscate_key: setting.secret({
    label: 'Obfuscate Key',
    description:
      'The secret key of hash and tokenize. With the same key a value is hidden alike in every run; keep it.',
  }),
});
