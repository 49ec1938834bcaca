import { defineMapper } from '@meltano/sdk/mapper/define-mapper';
import { createObfuscation } from '@meltano/sdk/mapper/obfuscation';
import { transformerConfig } from './config.ts';

/** Obfuscation comes first, then stream maps, then flattening: no expression sees a hidden value. */
export const mapTransformer = defineMapper({
  name: 'meltano-map-transformer',
  label: 'Meltano Map Transformer',
  description: 'Renames, computes, filters, flattens and hides what a tap sends before a target sees it',
  version: '0.1.0',
  definition: { keywords: ['native'] },
  config: transformerConfig,
  open({ config, log }) {
    const obfuscation = createObfuscation(config.obfuscate ?? {}, config.obfuscate_key, log);
    return { ...obfuscation, close: async () => obfuscation.end() };
  },
});
