/** The kinds of plugin, in the order of all listings and installs. */
export const pluginTypes = [
  'extractors',
  'loaders',
  'transforms',
  'orchestrators',
  'transformers',
  'files',
  'utilities',
  'mappers',
] as const;
export type PluginType = (typeof pluginTypes)[number];

interface PluginTypeWords {
  readonly singular: string;
  /** In messages. */
  readonly descriptor: string;
  /** In `MELTANO_<VERB>_…`. Two look cut off; they are names that projects use. */
  readonly verb: string;
}

export const pluginTypeWords: Readonly<Record<PluginType, PluginTypeWords>> = {
  extractors: { singular: 'extractor', descriptor: 'extractor', verb: 'EXTRACT' },
  loaders: { singular: 'loader', descriptor: 'loader', verb: 'LOAD' },
  transforms: { singular: 'transform', descriptor: 'transform', verb: 'TRANSFORM' },
  orchestrators: { singular: 'orchestrator', descriptor: 'orchestrator', verb: 'ORCHESTRAT' },
  transformers: { singular: 'transformer', descriptor: 'transformer', verb: 'TRANSFORM' },
  files: { singular: 'file', descriptor: 'file bundle', verb: 'FI' },
  utilities: { singular: 'utility', descriptor: 'utility', verb: 'UTILIZE' },
  mappers: { singular: 'mapper', descriptor: 'mapper', verb: 'MAP' },
};

/** Takes `extractors` or `extractor`; anything else is undefined. */
export function parsePluginType(text: string): PluginType | undefined {
  return pluginTypes.find((type) => type === text || pluginTypeWords[type].singular === text);
}

/** `tap-…` is an extractor, `target-…` a loader, anything else a utility. */
export function inferPluginType(name: string): PluginType {
  if (name.startsWith('tap-')) return 'extractors';
  return name.startsWith('target-') ? 'loaders' : 'utilities';
}
