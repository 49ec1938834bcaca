import type { PluginDefinition } from '@meltano/project/plugin/definition';
import type { PluginType } from '@meltano/project/plugin/plugin-type';

/** Where definitions come from that no lock file has: the Hub, what travels with the program, a cache. */
export interface DefinitionSource {
  /** Without a variant the source's default one. Undefined when it does not know the plugin. */
  find(type: PluginType, name: string, variant?: string): Promise<PluginDefinition | undefined>;
}

/** Knows nothing: only lock files count. */
export const noDefinitions: DefinitionSource = { find: () => Promise.resolve(undefined) };
