import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { pythonText } from '@meltano/foundation/python-text';
import type { ResolvedPlugin } from '../plugin/resolved-plugin.ts';
import { hasNestingDot, nestObject } from './nesting.ts';
import { postProcessValue } from './process-value.ts';
import type { ResolvedSetting } from './resolved-setting.ts';

export interface NestedConfigOptions {
  /**
   * Members of objects keep their nulls, which say something: `stream_maps: {people: {email: null}}` removes a property.
   * Meltano leaves them out; its plugins have `__NULL__` for it. Nulls of whole settings are left out either way.
   */
  readonly keepsNulls?: boolean;
}

/**
 * The content of a Singer plugin's config file: settings post-processed, nulls left out, nested at the dots of
 * their names, `\.` unescaped. Keys with dots inside an object that was given as a whole stay as they are.
 */
export function nestedConfig(
  settings: readonly ResolvedSetting[],
  now: number,
  { keepsNulls = false }: NestedConfigOptions = {},
): JsonObject {
  const objects = keepsNulls
    ? settings.filter(({ composed }) => composed === true).map(({ definition: { name } }) => `${name}.`)
    : [];
  const flat: [string, JsonValue][] = [];
  for (const setting of settings) {
    const { name, valuePostProcessor, custom } = setting.definition;
    const value = postProcessValue(setting.definition, setting.value, now);
    const isComposed = setting.composed === true && valuePostProcessor === undefined;
    // The settings that it is composed of nest themselves; where one came before, they need no more.
    const isThere = isComposed && flat.some(([key]) => key.startsWith(`${name}.`));
    const isMember = custom && objects.some((object) => name.startsWith(object));
    if (isThere || (value === null && !isMember)) continue;
    flat.push([name, isComposed ? nestComposed(value, keepsNulls) : keepLiteralDots(value)]);
  }
  return nestObject(Object.fromEntries(flat));
}

/** What a plugin gets to see of its settings: Singer's nested, Airflow's as the sections of its file, others flat. */
export function composeConfig(
  plugin: ResolvedPlugin,
  settings: readonly ResolvedSetting[],
  now: number,
): JsonObject {
  if (isSinger(plugin)) return nestedConfig(settings, now, { keepsNulls: plugin.npmPackage !== undefined });
  const flat = flatConfig(settings, now);
  const { type, name } = plugin.definition;
  if (type !== 'orchestrators' || name !== 'airflow') return flat;
  return nestObject(Object.fromEntries(Object.entries(flat).map(([key, value]) => [key, pythonText(value)])));
}

/** Extractors, loaders and mappers speak Singer and get their settings as a config file. */
export function isSinger({ type }: ResolvedPlugin): boolean {
  return type === 'extractors' || type === 'loaders' || type === 'mappers';
}

/** Settings by flat name, post-processed, nulls included: what plugins other than Singer's get to see. */
function flatConfig(settings: readonly ResolvedSetting[], now: number): JsonObject {
  return Object.fromEntries(
    settings.map(({ definition, value }) => [definition.name, postProcessValue(definition, value, now)]),
  );
}

/** Dotted keys repeat settings that nest themselves; those without value are left out, as any setting's null is. */
function nestComposed(value: JsonValue, keepsNulls: boolean): JsonValue {
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).filter(
    ([key, member]) => keepsNulls || member !== null || !hasNestingDot(key),
  );
  return keepLiteralDots(nestObject(Object.fromEntries(members)));
}

/** Escapes them, because the nesting of all settings unescapes every key once. */
function keepLiteralDots(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.replace(/(?<!\\)\./g, '\\.'), keepLiteralDots(member)]),
  );
}
