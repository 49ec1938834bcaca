import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  stringifyPythonJson,
} from '@meltano/foundation/json';
import { parseSettingDefinition } from '../settings/setting-definition.ts';
import { definitionAttributes, type PluginDefinition } from './definition.ts';
import type { PluginType } from './plugin-type.ts';

/** Path of a lock file relative to the project's root, with `/`. */
export function lockFilePath(type: PluginType, name: string, variant: string | undefined): string {
  return `plugins/${type}/${name}${variant === undefined ? '' : `--${variant}`}.lock`;
}

const keyOrder = [
  'plugin_type',
  'name',
  'namespace',
  'variant',
  'label',
  'docs',
  'repo',
  'pip_url',
  'npm_package',
  'python',
  'executable',
  'description',
  'logo_url',
  'capabilities',
  'settings_group_validation',
  'settings',
  'commands',
  'requires',
  'requires_meltano',
  'env',
  'supported_python_versions',
];

/** Order of the keys of a setting, in lock and project files. */
const settingKeyOrder = [
  'name',
  'aliases',
  'env',
  'env_aliases',
  'kind',
  'value',
  'label',
  'documentation',
  'description',
  'tooltip',
  'options',
  'oauth',
  'placeholder',
  'env_specific',
  'hidden',
  'sensitive',
  'value_processor',
  'value_post_processor',
];

/**
 * The text of a definition's lock file: JSON with two spaces, ASCII only, a newline at the end, the keys in
 * Meltano's order, empty values left out. Source: lock files written by Meltano 4.4.1 (meltano-project §2.6).
 */
export function renderLockFile(definition: PluginDefinition): string {
  return `${stringifyPythonJson(lockContent(definition), { indent: 2 })}\n`;
}

export function lockContent(definition: PluginDefinition): JsonObject {
  const { written } = definition;
  const known: JsonObject = {
    ...written,
    plugin_type: definition.type,
    label: definition.label ?? definition.name,
    ...(isJsonArray(written['settings']) && { settings: written['settings'].map(canonicalSetting) }),
    ...(isJsonObject(written['commands']) && { commands: canonicalCommands(written['commands']) }),
  };
  const attributes = keyOrder.flatMap((key): [string, JsonValue][] => {
    const value = known[key];
    return value === undefined || isEmpty(value) ? [] : [[key, value]];
  });
  const extras = Object.entries(written).filter(([key]) => !definitionAttributes.has(key));
  return Object.fromEntries([...attributes, ...extras]);
}

/**
 * A setting as Meltano writes it: `kind: password` means sensitive and is text once it says so itself; keys in
 * one order, nothing empty.
 */
function canonicalSetting(written: JsonValue): JsonValue {
  if (!isJsonObject(written)) return written;
  const { kind, sensitive, hidden } = parseSettingDefinition(written);
  const flag = written['kind'] === 'hidden' ? 'hidden' : 'sensitive';
  const saysSoItself = written[flag] === true;
  const setting: JsonObject = {
    ...written,
    kind: (saysSoItself ? kind : undefined) ?? written['kind'] ?? null,
    ...(sensitive && { sensitive }),
    ...(hidden && { hidden }),
  };
  const keys = [...settingKeyOrder, ...Object.keys(setting).filter((key) => !settingKeyOrder.includes(key))];
  return Object.fromEntries(
    keys.flatMap((key): [string, JsonValue][] => {
      const value = setting[key];
      if (value === undefined || (key === 'value' ? value === null : isEmpty(value))) return [];
      return [[key, value]];
    }),
  );
}

const commandKeyOrder = ['args', 'description', 'executable', 'container_spec'];
const containerKeyOrder = ['image', 'command', 'entrypoint', 'ports', 'volumes', 'env'];

/** A command that has arguments only is written as their text. */
function canonicalCommands(commands: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(commands).map(([name, command]) => {
      if (!isJsonObject(command)) return [name, command];
      const spec = command['container_spec'];
      const ordered = inOrder(
        isJsonObject(spec) ? { ...command, container_spec: inOrder(spec, containerKeyOrder) } : command,
        commandKeyOrder,
      );
      const [only, ...others] = Object.keys(ordered);
      return [name, only === 'args' && others.length === 0 ? (ordered[only] ?? null) : ordered];
    }),
  );
}

/** The members that are not empty, known keys first. */
function inOrder(value: JsonObject, order: readonly string[]): JsonObject {
  const keys = [...order, ...Object.keys(value).filter((key) => !order.includes(key))];
  return Object.fromEntries(
    keys.flatMap((key): [string, JsonValue][] => {
      const member = value[key];
      return member === undefined || isEmpty(member) ? [] : [[key, member]];
    }),
  );
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === '' || value === 0) return true;
  if (isJsonArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}
