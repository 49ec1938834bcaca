import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@meltano/foundation/json';
import { parseInstant } from '../schema/instant.ts';
import { plainNumbers } from '../schema/plain-numbers.ts';
import { problemText } from '../schema/problem-text.ts';
import { compileSchema, schemaProblems } from '../schema/validate.ts';
import { configError } from './errors.ts';
import type { Setting, SettingType } from './setting.ts';

type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The static type of a parsed configuration. */
export type ConfigOf<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/**
 * Settings declared once. From the one declaration come the Hub's setting definitions, a JSON Schema, the
 * names of environment variables, the static type, defaults and validation.
 */
export interface Config<S extends Settings = Settings> {
  readonly settings: S;
  /** Casts, fills defaults, validates; throws `config.invalid` that names every problem at once. Unknown settings are ignored. */
  parse(given: JsonObject): ConfigOf<S>;
}

export function defineConfig<const S extends Settings>(settings: S): Config<S> {
  return { settings, parse: (given) => parseConfig(settings, given) };
}

function parseConfig<S extends Settings>(settings: S, given: JsonObject): ConfigOf<S> {
  const problems: string[] = [];
  const values = Object.entries(settings).map(([name, setting]) => {
    const [spelling = name, raw] = find(given, [name, ...(setting.aliases ?? [])]);
    if (raw === undefined) {
      if (setting.required) problems.push(`"${name}" is required`);
      return [name, setting.default];
    }
    const value = castSetting(setting.type, raw);
    problems.push(...valueProblems(spelling, setting, value));
    return [name, value];
  });
  if (problems.length > 0) {
    throw configError('invalid', {
      message: `The configuration is not valid: ${problems.join('; ')}`,
      hint: `check the settings ${names(problems)}; --about describes each of them`,
      details: { problems },
    });
  }
  return Object.freeze(Object.fromEntries(values)) as ConfigOf<S>;
}

function names(problems: readonly string[]): string {
  const all = problems.map((problem) => /"([^"]+)"/.exec(problem)?.[1] ?? problem);
  return [...new Set(all)].join(', ');
}

/** The first spelling that has a value; null and the empty text of an unset variable count as absent. */
function find(given: JsonObject, spellings: readonly string[]): readonly [string?, JsonValue?] {
  for (const name of spellings) {
    const value = given[name];
    if (value !== undefined && value !== null) return [name, value];
  }
  return [];
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off', ''].map((word) => [word, false] as const),
]);

/** Text that says a value of the declared type becomes that value; anything else is left for validation. */
export function castSetting(type: SettingType, value: JsonValue): JsonValue {
  const isText = type === 'string' || type === 'secret';
  // A number in place of a text keeps its digits: it is an id, a version, a password.
  if (isText && (typeof value === 'number' || value instanceof ExactNumber)) return String(value);
  if (typeof value !== 'string') return plainNumbers(value);
  switch (type) {
    case 'integer':
    case 'number':
      return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
    case 'boolean':
      return truths.get(value.trim().toLowerCase()) ?? value;
    case 'array':
    case 'object':
      return parsedOr(value);
    default:
      return value;
  }
}

function parsedOr(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

const expected: Readonly<Record<SettingType, string>> = {
  string: 'a text',
  secret: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  date: 'a date (YYYY-MM-DD) or a time (RFC 3339)',
};

function isOfType(type: SettingType, value: JsonValue): boolean {
  switch (type) {
    case 'string':
    case 'secret':
      return typeof value === 'string';
    case 'date':
      return typeof value === 'string' && parseInstant(value) !== undefined;
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return isJsonArray(value);
    case 'object':
      return isJsonObject(value);
  }
}

function valueProblems(name: string, setting: Setting<unknown>, value: JsonValue): readonly string[] {
  if (!isOfType(setting.type, value)) return [`"${name}" must be ${expected[setting.type]}`];
  if (setting.options !== undefined && (typeof value !== 'string' || !setting.options.includes(value))) {
    return [`"${name}" must be one of ${setting.options.join(', ')}`];
  }
  if (setting.schema === undefined) return [];
  return schemaProblems(compileSchema({ type: setting.type, ...setting.schema }), value).map(
    (problem) => `"${name}${problem.path}" ${problemText(problem)}`,
  );
}
