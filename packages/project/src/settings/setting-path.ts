import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import { findPath, splitName } from './nesting.ts';
import type { SettingDefinition } from './setting-definition.ts';

/** Path of a setting given on the command line: one argument is split at its dots, several are the parts. */
export function settingPath(args: readonly string[]): readonly string[] {
  const [only] = args;
  return args.length === 1 && only !== undefined ? splitName(only) : args;
}

/** Where a setting lies in a plugin entry: below `config`, an extra (`_select`) beside it. */
export function entryPath(path: readonly string[]): readonly string[] {
  const [first = '', ...rest] = path;
  return first.startsWith('_') ? [first.slice(1), ...rest] : ['config', ...path];
}

/**
 * All places in `values` (config, with extras as `_name`) that hold a setting: under its name, its aliases or
 * `path`, dotted or nested.
 */
export function settingPlaces(
  values: JsonObject,
  path: readonly string[],
  definition: SettingDefinition | undefined,
): readonly (readonly string[])[] {
  const names = definition === undefined ? [path.join('.')] : [definition.name, ...definition.aliases];
  const found = names.flatMap((name) => allPaths(values, name));
  const own = hasPath(values, path) ? [path] : [];
  return [...new Map([...found, ...own].map((each) => [JSON.stringify(each), each])).values()];
}

/** A name can stand there twice, as one dotted key and nested. */
function allPaths(values: JsonObject, name: string): readonly (readonly string[])[] {
  const first = findPath(values, name);
  if (first === undefined) return [];
  const { [first[0] ?? '']: _found, ...others } = values;
  const second = findPath(others, name);
  return second === undefined ? [first] : [first, second];
}

function hasPath(values: JsonObject, path: readonly string[]): boolean {
  let value: unknown = values;
  for (const key of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return false;
    value = value[key];
  }
  return true;
}
