import type { JsonObject } from '@meltano/foundation/json';
import { type Config, defineConfig } from '../config/config.ts';
import { settingDefinitions } from '../config/setting-definitions.ts';
import type { ConnectorAbout } from '../connector.ts';
import { mapSettings } from '../mapper/map-settings.ts';

/** What an author says about a connector; the settings come from its `config`. */
export interface ConnectorFacts {
  /** The Hub's name, e.g. `tap-csv`. */
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly version: string;
  /** Beyond those that every connector of its kind has. */
  readonly capabilities?: readonly string[];
  /** Sets of settings of which one must be given. */
  readonly settingsGroups?: readonly (readonly string[])[];
  /** Other members of the Hub definition: `docs`, `dialect`, `target_schema`, `keywords`, … */
  readonly definition?: JsonObject;
  /** Whether, beside these settings, further ones count that are declared nowhere: they are not told of as unknown. */
  readonly takesFurther?: (config: JsonObject) => boolean;
}

const furthers = new WeakMap<ConnectorAbout, NonNullable<ConnectorFacts['takesFurther']>>();

/** See `ConnectorFacts.takesFurther`. */
export function takesFurther(about: ConnectorAbout, config: JsonObject): boolean {
  return furthers.get(about)?.(config) ?? false;
}

const configs = new WeakMap<ConnectorAbout, Config>();

/** The declared settings behind an `about`, for the Singer program around a connector. */
export function configOf(about: ConnectorAbout): Config | undefined {
  return configs.get(about);
}

/** Every connector has stream maps and flattening, with their settings after its own. */
export function connectorAbout(
  facts: ConnectorFacts,
  own: Config,
  capabilities: readonly string[],
): ConnectorAbout {
  const config: Config = defineConfig({ ...own.settings, ...withoutOwn(own) });
  const required = Object.entries(own.settings).flatMap(([name, setting]) =>
    setting.required ? [name] : [],
  );
  const groups = facts.settingsGroups ?? (required.length === 0 ? undefined : [required]);
  const about: ConnectorAbout = Object.freeze({
    name: facts.name,
    label: facts.label,
    description: facts.description,
    version: facts.version,
    capabilities: [...capabilities, 'stream-maps', 'schema-flattening', ...(facts.capabilities ?? [])],
    settings: settingDefinitions(config),
    ...(groups === undefined ? {} : { settingsGroupValidation: groups }),
    ...(facts.definition === undefined ? {} : { definition: facts.definition }),
  });
  configs.set(about, config);
  if (facts.takesFurther !== undefined) furthers.set(about, facts.takesFurther);
  return about;
}

function withoutOwn({ settings }: Config): Config['settings'] {
  return Object.fromEntries(Object.entries(mapSettings).filter(([name]) => !(name in settings)));
}
