import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { pythonText } from '@meltano/foundation/python-text';
import { optionalText, without } from '../element.ts';
import { parseSettingDefinition, type SettingDefinition } from '../settings/setting-definition.ts';
import { pluginError } from './errors.ts';
import { type PluginType, pluginTypes, pluginTypeWords } from './plugin-type.ts';

export interface PluginCommand {
  readonly args: string;
  readonly description: string | undefined;
  readonly executable: string | undefined;
  readonly containerSpec: JsonObject | undefined;
}

/** A requirement of another plugin, e.g. a file bundle of a utility. */
export interface PluginRequirement {
  readonly name: string;
  readonly variant: string | undefined;
}

/**
 * What is known of a plugin from the Hub, a lock file, or a custom entry of the project: one variant.
 * The JSON it came from is kept in `written`, so that a lock file can be written back with unknown members.
 */
export interface PluginDefinition {
  readonly type: PluginType;
  readonly name: string;
  readonly namespace: string;
  readonly variant: string | undefined;
  readonly label: string | undefined;
  readonly docs: string | undefined;
  readonly repo: string | undefined;
  readonly description: string | undefined;
  /** Arguments for the Python installer, shell words. */
  readonly pipUrl: string | undefined;
  /** Name of the npm package that holds a native connector; then there is no `pipUrl`. */
  readonly npmPackage: string | undefined;
  readonly python: string | undefined;
  readonly executable: string | undefined;
  readonly capabilities: readonly string[];
  readonly settings: readonly SettingDefinition[];
  readonly settingsGroupValidation: readonly (readonly string[])[];
  readonly commands: Readonly<Record<string, PluginCommand>>;
  readonly requires: Readonly<Partial<Record<PluginType, readonly PluginRequirement[]>>>;
  readonly requiresMeltano: string | undefined;
  readonly supportedPythonVersions: readonly string[];
  /** Members that are none of the above: defaults of extras (`select`, `metadata`, `dialect`, …). */
  readonly extras: JsonObject;
  readonly written: JsonObject;
}

/** Members of a definition that are no defaults of extras. */
export const definitionAttributes: ReadonlySet<string> = new Set([
  'plugin_type',
  'name',
  'namespace',
  'inherit_from',
  'variant',
  'variants',
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
  'config',
  'supported_python_versions',
  'hidden',
  'original',
  'deprecated',
  'annotations',
]);

/**
 * Reads a definition as the Hub, a lock file or a custom entry gives it. One with several `variants` is reduced
 * to the one asked for: by name; `original` is the one flagged so; otherwise the first. Throws
 * `plugin.invalid_definition` or `plugin.unknown_variant`.
 */
export function parseDefinition(type: PluginType, written: JsonValue, variant?: string): PluginDefinition {
  if (!isJsonObject(written)) throw invalidDefinition(type, undefined, 'it is not a mapping');
  const chosen = chooseVariant(type, written, variant);
  const missing = ['name', 'namespace'].filter((key) => optionalText(chosen[key]) === undefined);
  if (missing.length > 0) {
    throw invalidDefinition(type, optionalText(chosen['name']), `missing properties (${missing.join(', ')})`);
  }
  return {
    type,
    name: pythonText(chosen['name'] ?? ''),
    namespace: pythonText(chosen['namespace'] ?? ''),
    variant: optionalText(chosen['variant']),
    label: optionalText(chosen['label']),
    docs: optionalText(chosen['docs']),
    repo: optionalText(chosen['repo']),
    description: optionalText(chosen['description']),
    pipUrl: optionalText(chosen['pip_url']),
    npmPackage: optionalText(chosen['npm_package']),
    python: optionalText(chosen['python']),
    executable: optionalText(chosen['executable']),
    capabilities: parseTexts(chosen['capabilities']),
    settings: parseSettings(chosen['settings']),
    settingsGroupValidation: parseGroups(chosen['settings_group_validation']),
    commands: parseCommands(chosen['commands']),
    requires: parseRequires(chosen['requires']),
    requiresMeltano: optionalText(chosen['requires_meltano']),
    supportedPythonVersions: parseTexts(chosen['supported_python_versions']),
    extras: without(chosen, definitionAttributes),
    written: chosen,
  };
}

function invalidDefinition(type: PluginType, name: string | undefined, why: string) {
  return pluginError('invalid_definition', {
    message: `Plugin definition is invalid: ${why} (${pluginTypeWords[type].descriptor}${name === undefined ? '' : ` '${name}'`})`,
    hint: 'Compare it with a lock file below plugins/, or with the definitions of the Hub',
  });
}

function chooseVariant(type: PluginType, written: JsonObject, variant: string | undefined): JsonObject {
  const list = written['variants'];
  if (!isJsonArray(list)) return written;
  const variants = list.filter(isJsonObject);
  const nameOf = (each: JsonObject) => optionalText(each['name'] ?? each['variant']) ?? 'original';
  const original = variants.find((each) => each['original'] === true) ?? variants[0];
  const asked = variant ?? optionalText(written['variant']);
  const chosen =
    asked === undefined || asked === 'default'
      ? variants[0]
      : (variants.find((each) => nameOf(each) === asked) ?? (asked === 'original' ? original : undefined));
  if (chosen === undefined) throw unknownVariant(type, written, asked ?? 'default', variants.map(nameOf));
  return {
    ...without(written, new Set(['variants'])),
    ...chosen,
    name: written['name'] ?? null,
    variant: nameOf(chosen),
  };
}

function unknownVariant(type: PluginType, written: JsonObject, variant: string, known: readonly string[]) {
  const { descriptor } = pluginTypeWords[type];
  return pluginError('unknown_variant', {
    message: `${descriptor.charAt(0).toUpperCase()}${descriptor.slice(1)} '${pythonText(written['name'] ?? '')}' variant '${variant}' is not known to Meltano. Variants: ${known.join(', ')}`,
    hint: `Choose one of these variants: ${known.join(', ')}`,
  });
}

export function parseTexts(value: JsonValue | undefined): readonly string[] {
  return isJsonArray(value) ? value.map(pythonText) : [];
}

/** Of several settings with one name the last counts, as in Meltano; it is sensitive when any of them is. */
export function parseSettings(value: JsonValue | undefined): readonly SettingDefinition[] {
  const settings = new Map<string, SettingDefinition>();
  for (const setting of isJsonArray(value) ? value.map(parseSettingDefinition) : []) {
    const isSecret = settings.get(setting.name)?.sensitive === true;
    settings.set(setting.name, isSecret ? { ...setting, sensitive: true } : setting);
  }
  return [...settings.values()];
}

export function parseGroups(value: JsonValue | undefined): readonly (readonly string[])[] {
  return isJsonArray(value) ? value.map(parseTexts) : [];
}

export function parseCommands(value: JsonValue | undefined): Readonly<Record<string, PluginCommand>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, command]) => [name, parseCommand(command)]));
}

function parseCommand(command: JsonValue): PluginCommand {
  if (!isJsonObject(command)) {
    return {
      args: command === null ? '' : pythonText(command),
      description: undefined,
      executable: undefined,
      containerSpec: undefined,
    };
  }
  const spec = command['container_spec'];
  return {
    args: optionalText(command['args']) ?? '',
    description: optionalText(command['description']),
    executable: optionalText(command['executable']),
    containerSpec: isJsonObject(spec) ? spec : undefined,
  };
}

export function parseRequires(value: JsonValue | undefined): PluginDefinition['requires'] {
  if (!isJsonObject(value)) return {};
  const lists = pluginTypes.flatMap((type) => {
    const list = value[type];
    return isJsonArray(list) ? [[type, list.filter(isJsonObject).map(parseRequirement)] as const] : [];
  });
  return Object.fromEntries(lists);
}

function parseRequirement(requirement: JsonObject): PluginRequirement {
  return { name: optionalText(requirement['name']) ?? '', variant: optionalText(requirement['variant']) };
}
