import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import { type PluginDefinition, parseDefinition } from '@meltano/project/plugin/definition';
import { type PluginType, parsePluginType } from '@meltano/project/plugin/plugin-type';
import type { HubEntry } from './hub-index.ts';

/** The definitions that travel with the program, by type and name: native connectors, which need no network. */
export interface BundledDefinitions {
  find(type: PluginType, name: string): PluginDefinition | undefined;
  names(type: PluginType): readonly string[];
  typeOf(name: string): PluginType | undefined;
  /** The same entries with the bundled variants among theirs, as their default. */
  addTo(type: PluginType, entries: ReadonlyMap<string, HubEntry>): ReadonlyMap<string, HubEntry>;
}

/** Each is a definition in the Hub's JSON with a `plugin_type`; others are left out. */
export function createBundledDefinitions(definitions: readonly JsonObject[]): BundledDefinitions {
  const known = new Map<string, PluginDefinition>();
  for (const written of definitions) {
    const type = isJsonObject(written) ? parsePluginType(String(written['plugin_type'])) : undefined;
    if (type === undefined) continue;
    const definition = parseDefinition(type, written);
    known.set(`${type}/${definition.name}`, definition);
  }
  const ofType = (type: PluginType) => [...known.values()].filter((definition) => definition.type === type);
  return {
    find: (type, name) => known.get(`${type}/${name}`),
    typeOf: (name) => [...known.values()].find((definition) => definition.name === name)?.type,
    names: (type) => ofType(type).map((definition) => definition.name),
    addTo(type, entries) {
      const all = new Map(entries);
      for (const { name, variant = 'native' } of ofType(type)) {
        const entry = entries.get(name);
        const variants = new Map([[variant, undefined], ...(entry?.variants ?? [])]);
        all.set(name, { defaultVariant: variant, variants, logoUrl: entry?.logoUrl });
      }
      return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}
