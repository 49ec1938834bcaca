import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import {
  inferSettings,
  parseSettingDefinition,
  type SettingDefinition,
} from '../settings/setting-definition.ts';
import type { PluginDefinition } from './definition.ts';
import type { PluginType } from './plugin-type.ts';

const logParser = { name: '_log_parser', value: 'singer-sdk' };

/** The extras that every plugin of a type has. Source: meltano-project §2.9, recorded from Meltano 4.4.1. */
const typeExtras: Readonly<Record<PluginType, readonly JsonObject[]>> = {
  extractors: [
    logParser,
    { name: '_catalog' },
    { name: '_state' },
    { name: '_load_schema', value: '$MELTANO_EXTRACTOR_NAMESPACE' },
    { name: '_select', kind: 'array', value: ['*.*'] },
    { name: '_metadata', aliases: ['metadata'], kind: 'object', value: {}, value_processor: 'nest_object' },
    { name: '_schema', kind: 'object', value: {}, value_processor: 'nest_object' },
    { name: '_select_filter', kind: 'array', value: [] },
    { name: '_use_cached_catalog', kind: 'boolean', value: true },
  ],
  loaders: [logParser, { name: '_dialect', value: '$MELTANO_LOADER_NAMESPACE' }],
  transforms: [
    { name: '_package_name', value: '$MELTANO_TRANSFORM_NAMESPACE' },
    { name: '_vars', kind: 'object', value: {} },
  ],
  orchestrators: [],
  transformers: [],
  files: [{ name: '_update', aliases: ['update'], kind: 'object', value: {} }],
  utilities: [],
  mappers: [
    logParser,
    { name: '_mappings', aliases: ['mappings'], kind: 'array', value: {} },
    { name: '_mapping_name', aliases: ['mapping_name'], kind: 'string' },
  ],
};

/**
 * The extras of a definition: those of its type, with the definition's own members as their defaults, and one
 * more for each member that the type does not have.
 */
export function extraDefinitions(definition: PluginDefinition): readonly SettingDefinition[] {
  const isSuperset = definition.type === 'utilities' && definition.name === 'superset';
  const rows = [...typeExtras[definition.type], ...(isSuperset ? [{ name: '_config_path' }] : [])];
  const defaults = prefixExtras(definition.extras);
  const known = rows.map((row) => withDefault(parseSettingDefinition(row), defaults));
  return [...known, ...inferSettings(known, defaults, { custom: false, default: true })];
}

function withDefault(setting: SettingDefinition, defaults: JsonObject): SettingDefinition {
  const value: JsonValue = Object.hasOwn(defaults, setting.name) ? (defaults[setting.name] ?? null) : null;
  return value === null ? setting : { ...setting, value };
}

/** `{select: […]}` → `{_select: […]}`: extras as settings. */
export function prefixExtras(extras: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(extras).map(([key, value]) => [`_${key}`, value]));
}
