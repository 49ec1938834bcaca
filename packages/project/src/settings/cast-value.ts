import type { ErrorPlace } from '@meltano/foundation/errors';
import {
  isJsonArray,
  isJsonObject,
  type JsonValue,
  jsonEquals,
  numberOf,
  parseJson,
  stringifyPythonJson,
} from '@meltano/foundation/json';
import { pythonRepr, pythonText } from '@meltano/foundation/python-text';
import { settingsError } from './errors.ts';
import { parsePythonLiteral } from './python-literal.ts';
import type { SettingOrigin } from './resolved-setting.ts';
import type { SettingDefinition } from './setting-definition.ts';

/**
 * Makes of text what the setting's kind says: numbers, booleans, lists and mappings. Other values pass
 * unchanged, except that a setting with options takes none but these. Throws `settings.invalid_value` or
 * `settings.not_an_option`, naming where the value comes from as far as `origin` tells.
 */
export function castValue(
  definition: SettingDefinition,
  value: JsonValue,
  origin?: SettingOrigin,
): JsonValue {
  const setting = { definition, origin };
  if (value === null) return null;
  if (definition.kind === 'options') return castOption(setting, value);
  if (typeof value !== 'string') return value;
  switch (definition.kind) {
    case 'boolean':
      return isTruthyText(value);
    case 'integer':
      return castInteger(setting, value);
    case 'decimal':
      return castDecimal(setting, value);
    case 'object':
      return castJson(setting, value, 'object', isJsonObject);
    case 'array':
      return castJson(setting, value, 'array', isJsonArray);
    default:
      return value;
  }
}

/** A setting, and where the value at hand comes from, for errors. */
interface CastSetting {
  readonly definition: SettingDefinition;
  readonly origin: SettingOrigin | undefined;
}

/** Meltano's reading of text as a boolean: `true`, `1`, `yes`, `on` in any case are true, all else is false. */
export function isTruthyText(text: string): boolean {
  return ['true', '1', 'yes', 'on'].includes(text.toLowerCase());
}

function castOption(setting: CastSetting, value: JsonValue): JsonValue {
  const { definition } = setting;
  if (definition.options.length === 0 || definition.options.some((option) => jsonEquals(option.value, value)))
    return value;
  const shown = definition.sensitive ? 'The value' : `'${pythonText(value)}'`;
  throw settingsError('not_an_option', {
    message: `${shown} is not a valid choice for '${definition.name}'${sourceOf(setting)}`,
    hint: `Choose one of: ${definition.options.map((option) => pythonText(option.value)).join(', ')}`,
    ...factsOf(setting),
  });
}

function castInteger(setting: CastSetting, text: string): JsonValue {
  const trimmed = text.trim();
  if (!/^[-+]?\d+(?:_\d+)*$/.test(trimmed))
    throw invalid(setting, text, 'an integer', 'Give digits only, e.g. 5432');
  return numberOf(String(BigInt(trimmed.replaceAll('_', '').replace(/^\+/, ''))));
}

function castDecimal(setting: CastSetting, text: string): JsonValue {
  const trimmed = text.trim().replaceAll('_', '').replace(/^\+/, '');
  const [, sign, whole, fraction, exponent] = /^(-?)(\d*)(?:\.(\d*))?([eE][-+]?\d+)?$/.exec(trimmed) ?? [];
  if (sign === undefined || (whole === '' && (fraction ?? '') === '')) {
    throw invalid(setting, text, 'a number', 'Give a decimal number, e.g. 0.25');
  }
  return numberOf(
    `${sign}${whole?.replace(/^0+(?=\d)/, '') || '0'}${fraction ? `.${fraction}` : ''}${exponent ?? ''}`,
  );
}

function castJson(
  setting: CastSetting,
  text: string,
  what: 'object' | 'array',
  fits: (value: unknown) => boolean,
): JsonValue {
  const value = readJson(text) ?? parsePythonLiteral(text.trim());
  if (value !== undefined && fits(value)) return value;
  const { definition } = setting;
  const shown = definition.sensitive ? 'its value' : pythonRepr(text);
  throw settingsError('invalid_value', {
    message: `Failed to parse JSON ${what} from string: ${shown}, setting '${definition.name}'${sourceOf(setting)}`,
    hint:
      what === 'object' ? `Write it as JSON, e.g. '{"key": "value"}'` : `Write it as JSON, e.g. '["a", "b"]'`,
    ...factsOf(setting),
  });
}

function readJson(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function invalid(setting: CastSetting, text: string, what: string, hint: string) {
  const { definition } = setting;
  const shown = definition.sensitive ? 'its value' : `'${text}'`;
  return settingsError('invalid_value', {
    message: `Setting '${definition.name}': ${shown} is not ${what}${sourceOf(setting)}`,
    hint,
    ...factsOf(setting),
  });
}

function sourceOf({ origin }: CastSetting): string {
  if (origin?.place?.line !== undefined) return ` (${origin.place.file} line ${origin.place.line})`;
  if (origin?.store === 'env') return ` (variable ${origin.name})`;
  return origin?.store === 'dotenv' ? ` (variable ${origin.name} in .env)` : '';
}

function factsOf({ definition, origin }: CastSetting) {
  return {
    details: { setting: definition.name, store: origin?.store },
    place: shownPlace(definition, origin),
  };
}

/** The text of a value as a variable or in `.env`. Source: recorded output of Meltano 4.4.1. */
export function stringifySetting(definition: SettingDefinition | undefined, value: JsonValue): string {
  if (typeof value === 'string') return value;
  return isPythonSpelled(definition) ? pythonText(value) : stringifyPythonJson(value);
}

// Invariant 5: the line of a sensitive setting is not shown.
function shownPlace(
  { sensitive }: SettingDefinition,
  origin: SettingOrigin | undefined,
): ErrorPlace | undefined {
  if (!sensitive || origin?.place === undefined) return origin?.place;
  const { text: _text, ...rest } = origin.place;
  return rest;
}

/** A kind such as `password` alone counts as one of its own; beside `sensitive: true` it is text. */
function isPythonSpelled(definition: SettingDefinition | undefined): boolean {
  if (definition === undefined) return true;
  const { kind, written } = definition;
  const flag = written['kind'] === 'hidden' ? 'hidden' : 'sensitive';
  const isOfItsOwn =
    ['password', 'oauth', 'hidden'].includes(String(written['kind'])) && written[flag] !== true;
  return !isOfItsOwn && (kind === undefined || kind === 'string' || kind === 'decimal');
}
