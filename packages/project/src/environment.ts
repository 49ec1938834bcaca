import type { ErrorPlace } from '@meltano/foundation/errors';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import {
  type Element,
  envTexts,
  invalidElement,
  objectOrEmpty,
  optionalText,
  parseElement,
  without,
} from './element.ts';
import { projectError } from './errors.ts';
import { type PluginType, parsePluginType } from './plugin/plugin-type.ts';

/** A named set of overrides. */
export interface Environment {
  readonly name: string;
  readonly env: Readonly<Record<string, string | null>>;
  readonly stateIdSuffix: string | undefined;
  readonly plugins: readonly EnvironmentPlugin[];
  readonly annotations: JsonObject | undefined;
  readonly place: ErrorPlace;
}

/** Overrides of one plugin, matched by type and name. */
export interface EnvironmentPlugin {
  readonly type: PluginType;
  readonly name: string;
  readonly config: JsonObject;
  readonly env: Readonly<Record<string, JsonValue>>;
  /** Without the leading `_`. */
  readonly extras: JsonObject;
  readonly place: ErrorPlace;
  /** Where a part of the entry stands. */
  readonly locate: (path: readonly string[]) => ErrorPlace;
}

const pluginAttributes = new Set(['name', 'config', 'env', 'annotations']);

/** Reads an item of `environments:`; `pluginPlace` finds the overrides of a plugin in the file. */
export function parseEnvironment(
  element: Element,
  pluginPlace: (type: string, index: number, path: readonly string[]) => ErrorPlace,
): Environment {
  if (element.name.includes(':')) {
    throw projectError('invalid_name', {
      message: `The name of environment '${element.name}' contains a colon`,
      hint: 'Names with `:` cannot be used in state ids; rename the environment',
      place: element.place,
    });
  }
  const plugins = objectOrEmpty(element, 'config', 'environment')['plugins'];
  return {
    name: element.name,
    env: envTexts(objectOrEmpty(element, 'env', 'environment')),
    stateIdSuffix: optionalText(element.value['state_id_suffix']),
    plugins: isJsonObject(plugins) ? parsePlugins(element, plugins, pluginPlace) : [],
    annotations: annotationsOf(element),
    place: element.place,
  };
}

/** Meltano leaves them to others, whatever they are. */
function annotationsOf({ value }: Element): JsonObject | undefined {
  return isJsonObject(value['annotations']) ? value['annotations'] : undefined;
}

function parsePlugins(
  element: Element,
  plugins: JsonObject,
  placeOf: (type: string, index: number, path: readonly string[]) => ErrorPlace,
): readonly EnvironmentPlugin[] {
  return Object.entries(plugins).flatMap(([key, list]) => {
    const type = parsePluginType(key);
    if (type === undefined) throw unknownPluginType(key, element.place);
    if (list === null) return [];
    if (!isJsonArray(list)) {
      throw invalidElement(`Environment '${element.name}': \`plugins.${key}\` is not a list`, element.place);
    }
    return list.map((item, index) => {
      const element = parseElement('plugin', item, placeOf(key, index, []));
      return parsePlugin(type, element, (path) => placeOf(key, index, path));
    });
  });
}

function parsePlugin(
  type: PluginType,
  element: Element,
  locate: EnvironmentPlugin['locate'],
): EnvironmentPlugin {
  return {
    type,
    name: element.name,
    config: objectOrEmpty(element, 'config', 'plugin'),
    env: objectOrEmpty(element, 'env', 'plugin'),
    extras: without(element.value, pluginAttributes),
    place: element.place,
    locate,
  };
}

export function unknownPluginType(key: string, place: ErrorPlace) {
  return projectError('unknown_plugin_type', {
    message: `'${key}' is not a valid PluginType`,
    hint: 'Plugins are grouped under extractors, loaders, transforms, orchestrators, transformers, files, utilities and mappers',
    place,
  });
}
