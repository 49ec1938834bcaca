import type { ErrorPlace } from '@meltano/foundation/errors';
import { type JsonValue, jsonEquals } from '@meltano/foundation/json';
import { pythonRepr } from '@meltano/foundation/python-text';
import { isTruthyText } from './cast-value.ts';
import { type EnvPrefixes, readVariables } from './env-names.ts';
import { settingsError } from './errors.ts';
import type { ResolvedSetting, SettingOrigin } from './resolved-setting.ts';
import type { SettingDefinition } from './setting-definition.ts';

/** One place that gives settings their values. Names in `values` are flat: `a.b`, extras with `_`. */
export type SettingLayer =
  | { readonly store: 'config_override' | 'db'; readonly values: FlatValues }
  | { readonly store: 'env' | 'dotenv'; readonly variables: Readonly<Record<string, string>> }
  | {
      readonly store: 'meltano_environment' | 'meltano_yml';
      readonly values: FlatValues;
      readonly place: (name: string) => ErrorPlace | undefined;
    }
  | {
      readonly store: 'inherited';
      readonly plugin: string;
      readonly settings: ReadonlyMap<string, ResolvedSetting>;
    };

export type FlatValues = Readonly<Record<string, JsonValue>>;

/**
 * What one layer says about a setting; undefined when it says nothing (null counts as nothing). Throws
 * `settings.conflicting_values` when the layer holds the setting under two of its names.
 */
export function lookUp(
  layer: SettingLayer,
  definition: SettingDefinition,
  prefixes: EnvPrefixes,
): SettingOrigin | undefined {
  switch (layer.store) {
    case 'env':
    case 'dotenv':
      return fromVariables(layer.store, layer.variables, definition, prefixes);
    case 'inherited':
      return fromParent(layer.plugin, layer.settings.get(definition.name));
    case 'config_override':
    case 'db':
      return fromValues(layer.store, layer.values, [definition.name], () => undefined);
    case 'meltano_environment':
    case 'meltano_yml':
      return fromValues(layer.store, layer.values, [definition.name, ...definition.aliases], layer.place);
  }
}

function fromVariables(
  store: 'env' | 'dotenv',
  variables: Readonly<Record<string, string>>,
  definition: SettingDefinition,
  prefixes: EnvPrefixes,
): SettingOrigin | undefined {
  const set = readVariables(definition, prefixes).filter(({ name }) => Object.hasOwn(variables, name));
  const [first] = set;
  if (first === undefined) return undefined;
  const text = (name: string) => variables[name] ?? '';
  if (set.length > 1)
    throw conflict(
      definition,
      set.map(({ name }) => name),
      set.every(({ name }) => text(name) === text(first.name)),
    );
  const raw = first.negated ? !isTruthyText(text(first.name)) : text(first.name);
  return { store, name: first.name, place: undefined, raw };
}

function conflict(definition: SettingDefinition, names: readonly string[], equal: boolean) {
  const message = equal
    ? `Error: Setting value set via multiple environment variables: ${pythonRepr(names)}`
    : `Conflicting values for setting found in: ${pythonRepr(names)}`;
  return settingsError('conflicting_values', {
    message,
    hint: `Keep one of them for setting '${definition.name}'`,
    details: { setting: definition.name, names },
  });
}

function fromValues(
  store: 'config_override' | 'db' | 'meltano_environment' | 'meltano_yml',
  values: FlatValues,
  names: readonly string[],
  place: (name: string) => ErrorPlace | undefined,
): SettingOrigin | undefined {
  const set = names.filter((name) => (Object.hasOwn(values, name) ? values[name] : null) !== null);
  const [first] = set;
  if (first === undefined) return undefined;
  const raw = values[first] ?? null;
  if (!set.every((name) => jsonEquals(values[name] ?? null, raw))) {
    throw settingsError('conflicting_values', {
      message: `Conflicting values for setting found in: ${pythonRepr(set)}`,
      hint: 'They are names of one setting; keep one of them',
      place: place(set[1] ?? first),
      details: { names: set },
    });
  }
  return { store, name: first, place: place(first), raw };
}

/** A parent's mere default does not count: the child has the same default, or its own. */
function fromParent(plugin: string, setting: ResolvedSetting | undefined): SettingOrigin | undefined {
  const origin = setting?.origin;
  if (setting === undefined || origin === undefined || origin.store === 'default' || setting.value === null)
    return undefined;
  return {
    store: 'inherited',
    name: origin.name,
    place: origin.place,
    raw: setting.value,
    parent: { plugin, origin, ...(setting.composed === true && { composed: true }) },
  };
}
