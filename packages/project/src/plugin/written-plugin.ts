import type { ErrorPlace } from '@meltano/foundation/errors';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { type Element, objectOrEmpty, optionalText, without } from '../element.ts';
import { projectError } from '../errors.ts';
import { type PluginType, pluginTypeWords } from './plugin-type.ts';

/** A plugin entry as it stands in a project file. */
export interface WrittenPlugin {
  readonly type: PluginType;
  readonly name: string;
  readonly inheritFrom: string | undefined;
  readonly namespace: string | undefined;
  readonly variant: string | undefined;
  readonly config: JsonObject;
  readonly env: Readonly<Record<string, JsonValue>>;
  /** Keys that are no attribute of a plugin (`select`, `metadata`, …), without the leading `_`. */
  readonly extras: JsonObject;
  /** The whole entry, unknown keys included. */
  readonly entry: JsonObject;
  readonly place: ErrorPlace;
  /** Where a part of the entry stands, e.g. `['config', 'port']`; absent on entries made in memory. */
  readonly locate?: (path: readonly string[]) => ErrorPlace;
}

const attributes = [
  'name',
  'inherit_from',
  'namespace',
  'variant',
  'label',
  'logo_url',
  'description',
  'hidden',
  'pip_url',
  'npm_package',
  'python',
  'executable',
  'capabilities',
  'settings',
  'settings_group_validation',
  'commands',
  'requires',
  'requires_meltano',
  'env',
  'config',
  'annotations',
];

/** Attributes of any entry; every other key is an extra. */
export const entryAttributes: ReadonlySet<string> = new Set(attributes);

/** Attributes of a custom plugin's entry, which is a definition as well. */
export const customEntryAttributes: ReadonlySet<string> = new Set([
  ...attributes,
  'docs',
  'repo',
  'original',
  'deprecated',
  'supported_python_versions',
  'variants',
]);

export function parseWrittenPlugin(type: PluginType, element: Element): WrittenPlugin {
  const { name, value, place } = element;
  if (name.includes(':')) {
    throw projectError('invalid_name', {
      message: `The name of ${pluginTypeWords[type].descriptor} '${name}' contains a colon`,
      hint: 'A colon separates a plugin from its command; rename the plugin',
      place,
    });
  }
  const parent = optionalText(value['inherit_from']);
  const inheritFrom = parent === name ? undefined : parent;
  const namespace = optionalText(value['namespace']);
  const isCustom = namespace !== undefined && inheritFrom === undefined;
  return {
    type,
    name,
    inheritFrom,
    namespace,
    variant: optionalText(value['variant']),
    config: objectOrEmpty(element, 'config', pluginTypeWords[type].descriptor),
    env: objectOrEmpty(element, 'env', pluginTypeWords[type].descriptor),
    extras: without(value, isCustom ? customEntryAttributes : entryAttributes),
    entry: value,
    place,
    ...(element.locate !== undefined && { locate: element.locate }),
  };
}
