import type { JsonObject } from '@meltano/foundation/json';
import type { Connector } from '../connector.ts';

export interface DefinitionOptions {
  /** The npm package that holds the connector. */
  readonly npmPackage: string;
  readonly repo?: string;
}

const pluginTypes = { tap: 'extractors', target: 'loaders', mapper: 'mappers' } as const;

/**
 * The Hub definition of a native connector: all it says about itself, as data. There is no `pip_url`;
 * `executable` is the connector's Singer program, so that Meltano 4.4.1 can use the same lock file.
 */
export function hubDefinition(
  { kind, about }: Connector,
  { npmPackage, repo }: DefinitionOptions,
): JsonObject {
  return {
    plugin_type: pluginTypes[kind],
    name: about.name,
    namespace: about.name.replaceAll('-', '_'),
    variant: 'native',
    label: about.label,
    description: about.description,
    ...(repo === undefined ? {} : { repo }),
    npm_package: npmPackage,
    executable: about.name,
    capabilities: [...about.capabilities].sort(),
    maintenance_status: 'active',
    ...about.definition,
    settings_group_validation: about.settingsGroupValidation ?? [],
    settings: about.settings,
  };
}
