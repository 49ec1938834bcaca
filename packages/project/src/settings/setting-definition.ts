import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { pythonText } from '@meltano/foundation/python-text';
import { settingsError } from './errors.ts';
import { flattenObject } from './nesting.ts';

export const settingKinds = [
  'string',
  'integer',
  'boolean',
  'decimal',
  'date_iso8601',
  'email',
  'password',
  'oauth',
  'options',
  'file',
  'array',
  'object',
  'hidden',
] as const;
export type SettingKind = (typeof settingKinds)[number];

/** A setting as a plugin definition, a project file or Meltano's own list declares it. */
export interface SettingDefinition {
  /** `.` nests, `\.` is a literal dot; extras begin with `_`. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** A further variable that the value is exported to; never read. */
  readonly env: string | undefined;
  /** Further variables that are read; `!NAME` is a negated boolean. */
  readonly envAliases: readonly string[];
  readonly kind: SettingKind | undefined;
  /** The default, as written; may hold references to variables. */
  readonly value: JsonValue | undefined;
  readonly label: string | undefined;
  readonly description: string | undefined;
  readonly documentation: string | undefined;
  readonly placeholder: string | undefined;
  readonly options: readonly { readonly label: string; readonly value: JsonValue }[];
  readonly sensitive: boolean;
  readonly hidden: boolean;
  readonly envSpecific: boolean;
  readonly valueProcessor: string | undefined;
  readonly valuePostProcessor: string | undefined;
  /** Not declared anywhere: inferred from a configured key. */
  readonly custom: boolean;
  /** All members as they were written, unknown ones too. */
  readonly written: JsonObject;
}

/**
 * Reads a setting of a definition. `kind: password` and `oauth` mean sensitive text, `kind: hidden` hidden
 * text, as Meltano rewrites them; a kind that is not known counts as none.
 */
export function parseSettingDefinition(written: JsonValue): SettingDefinition {
  if (!isJsonObject(written) || typeof written['name'] !== 'string' || written['name'] === '') {
    throw settingsError('invalid_definition', {
      message: 'A setting of the definition has no name',
      hint: 'Give every item of `settings` a `name`',
    });
  }
  const kind = settingKinds.find((each) => each === written['kind']);
  const secret = kind === 'password' || kind === 'oauth';
  return {
    ...emptyDefinition,
    name: written['name'],
    aliases: texts(written['aliases']),
    env: text(written['env']),
    envAliases: texts(written['env_aliases']),
    kind: secret || kind === 'hidden' ? 'string' : kind,
    value: written['value'] ?? undefined,
    label: text(written['label']),
    description: text(written['description']),
    documentation: text(written['documentation']),
    placeholder: text(written['placeholder']),
    options: parseOptions(written['options']),
    sensitive: secret || written['sensitive'] === true,
    hidden: kind === 'hidden' || written['hidden'] === true,
    envSpecific: written['env_specific'] === true,
    valueProcessor: text(written['value_processor']),
    valuePostProcessor: text(written['value_post_processor']),
    written,
  };
}

const emptyDefinition = {
  aliases: [],
  env: undefined,
  envAliases: [],
  kind: undefined,
  value: undefined,
  label: undefined,
  description: undefined,
  documentation: undefined,
  placeholder: undefined,
  options: [],
  sensitive: false,
  hidden: false,
  envSpecific: false,
  valueProcessor: undefined,
  valuePostProcessor: undefined,
  custom: false,
} satisfies Omit<SettingDefinition, 'name' | 'written'>;

function text(value: JsonValue | undefined): string | undefined {
  return value === undefined || value === null ? undefined : pythonText(value);
}

function texts(value: JsonValue | undefined): readonly string[] {
  return isJsonArray(value) ? value.map(pythonText) : [];
}

function parseOptions(value: JsonValue | undefined): SettingDefinition['options'] {
  if (!isJsonArray(value)) return [];
  return value.filter(isJsonObject).map((option) => ({
    label: text(option['label']) ?? text(option['value']) ?? '',
    value: option['value'] ?? null,
  }));
}

/**
 * Definitions for the keys of `values`, flattened, that `known` does not declare; their kind follows from the
 * value. With `default` the values become the defaults of the new settings.
 */
export function inferSettings(
  known: readonly SettingDefinition[],
  values: JsonObject,
  options: { readonly custom: boolean; readonly default?: boolean } = { custom: true },
): readonly SettingDefinition[] {
  const names = new Set(known.flatMap((setting) => [setting.name, ...setting.aliases]));
  return Object.entries(flattenObject(values))
    .filter(([name]) => !names.has(name))
    .map(([name, value]) => ({
      ...emptyDefinition,
      name,
      kind: inferKind(value),
      value: options.default === true ? (value ?? undefined) : undefined,
      sensitive: isBelowSensitive([name], known),
      custom: options.custom,
      written: { name },
    }));
}

/**
 * The same definitions, where a setting that lies below a sensitive one, by the dots of its name, is sensitive
 * too (Invariant 5): the members of an object that is a secret.
 */
export function inheritSensitivity(definitions: readonly SettingDefinition[]): readonly SettingDefinition[] {
  if (!definitions.some(({ sensitive }) => sensitive)) return definitions;
  return definitions.map((definition) =>
    !definition.sensitive && isBelowSensitive([definition.name, ...definition.aliases], definitions)
      ? { ...definition, sensitive: true }
      : definition,
  );
}

function isBelowSensitive(names: readonly string[], definitions: readonly SettingDefinition[]): boolean {
  return definitions
    .filter(({ sensitive }) => sensitive)
    .flatMap(({ name, aliases }) => [name, ...aliases])
    .some((above) => names.some((name) => name.startsWith(`${above}.`)));
}

/** A definition for a name that nothing declares but that lies below a sensitive setting; else undefined. */
export function sensitiveMember(
  definitions: readonly SettingDefinition[],
  name: string,
): SettingDefinition | undefined {
  if (!isBelowSensitive([name], definitions)) return undefined;
  return { ...emptyDefinition, name, sensitive: true, custom: true, written: { name } };
}

function inferKind(value: JsonValue): SettingKind | undefined {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'decimal';
  if (isJsonArray(value)) return 'array';
  if (isJsonObject(value)) return 'object';
  if (typeof value === 'string' || value === null) return undefined;
  return /^-?\d+$/.test(value.text) ? 'integer' : 'decimal';
}

/** Finds a setting by its name, else by one of its aliases. */
export function findSetting(
  definitions: readonly SettingDefinition[],
  name: string,
): SettingDefinition | undefined {
  return (
    definitions.find((setting) => setting.name === name) ??
    definitions.find((setting) => setting.aliases.includes(name))
  );
}
