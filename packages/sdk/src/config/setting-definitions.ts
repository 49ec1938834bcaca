import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { Config } from './config.ts';
import type { Setting, SettingType } from './setting.ts';

/** Kinds that Meltano 4.4.1 knows; it crashes on others. */
const kinds: Readonly<Record<SettingType, string>> = {
  string: 'string',
  secret: 'password',
  integer: 'integer',
  number: 'decimal',
  boolean: 'boolean',
  date: 'date_iso8601',
  array: 'array',
  object: 'object',
};

/** The settings in the shape of a Hub plugin definition, in the order of their declaration. */
export function settingDefinitions(config: Config): readonly JsonObject[] {
  return Object.entries(config.settings).map(([name, setting]) => settingDefinition(name, setting));
}

function settingDefinition(name: string, setting: Setting<unknown>): JsonObject {
  const value = setting.hubValue ?? (setting.default as JsonValue | undefined);
  return {
    name,
    label: setting.label,
    kind: setting.options === undefined ? kinds[setting.type] : 'options',
    ...(value === undefined ? {} : { value }),
    description: setting.description,
    ...(setting.options === undefined
      ? {}
      : { options: setting.options.map((option) => ({ label: option, value: option })) }),
    ...(setting.aliases === undefined ? {} : { aliases: setting.aliases }),
    ...(setting.placeholder === undefined ? {} : { placeholder: setting.placeholder }),
    ...(setting.documentation === undefined ? {} : { documentation: setting.documentation }),
    ...(setting.type === 'secret' ? { sensitive: true } : {}),
    ...(setting.hidden ? { hidden: true } : {}),
  };
}

const jsonTypes: Readonly<Record<SettingType, string>> = {
  string: 'string',
  secret: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  date: 'string',
  array: 'array',
  object: 'object',
};

/** The settings as JSON Schema, as `--about --format=json` of the Meltano SDK shows them. */
export function settingsSchema(config: Config): JsonObject {
  const entries = Object.entries(config.settings);
  const required = entries.filter(([, setting]) => setting.required).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, setting]) => [name, settingSchema(setting)])),
    ...(required.length === 0 ? {} : { required }),
  };
}

function settingSchema(setting: Setting<unknown>): JsonObject {
  const type = jsonTypes[setting.type];
  return {
    type: setting.required ? [type] : [type, 'null'],
    ...(setting.type === 'date' ? { format: 'date-time' } : {}),
    ...(setting.options === undefined
      ? {}
      : { enum: [...setting.options, ...(setting.required ? [] : [null])] }),
    ...setting.schema,
    ...(setting.default === undefined ? {} : { default: setting.default as JsonValue }),
    title: setting.label,
    description: setting.description,
    ...(setting.type === 'secret' ? { secret: true, writeOnly: true } : {}),
  };
}
