import type { ErrorPlace } from '@meltano/foundation/errors';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { pythonText } from '@meltano/foundation/python-text';
import type { DocumentPath, ProjectFile } from './document/parse-project-file.ts';
import { type Element, envTexts, invalidElement, parseElement } from './element.ts';
import { parseEnvironment, unknownPluginType } from './environment.ts';
import { projectError } from './errors.ts';
import { parseJob } from './job.ts';
import { mergeValues } from './merge-values.ts';
import { type PluginType, parsePluginType, pluginTypes, pluginTypeWords } from './plugin/plugin-type.ts';
import { parseWrittenPlugin, type WrittenPlugin } from './plugin/written-plugin.ts';
import type { Project } from './project.ts';
import { parseSchedule } from './schedule.ts';
import { flattenObject } from './settings/nesting.ts';

/** Top-level keys that are no settings of Meltano itself. */
export const structuralKeys: ReadonlySet<string> = new Set([
  'version',
  'requires_meltano',
  'plugins',
  'schedules',
  'environments',
  'jobs',
  'env',
  'include_paths',
  'annotations',
]);

/**
 * Makes a project of its files: `meltano.yml` first, then the included files in their order. Throws when an
 * element has no name or a wrong shape, or when two elements of one kind share a name, naming both places.
 */
export function parseProject(files: readonly ProjectFile[]): Project {
  const merged = mergeValues(files.map((file) => file.value));
  const settings = Object.fromEntries(Object.entries(merged).filter(([key]) => !structuralKeys.has(key)));
  const requires = merged['requires_meltano'];
  return {
    plugins: parsePlugins(files),
    environments: elements(files, 'environment', ['environments']).map(({ file, path, ...element }) =>
      parseEnvironment(element, (type, index, inner) =>
        file.place([...path, 'config', 'plugins', type, index, ...inner]),
      ),
    ),
    jobs: elements(files, 'job', ['jobs']).map(parseJob),
    schedules: elements(files, 'schedule', ['schedules']).map(parseSchedule),
    env: parseEnv(merged['env'], files),
    settings: flattenObject(settings),
    requiresMeltano: requires === undefined || requires === null ? undefined : pythonText(requires),
    merged,
    warnings: warnings(files),
  };
}

interface PlacedElement extends Element {
  readonly file: ProjectFile;
  readonly path: DocumentPath;
}

function elements(files: readonly ProjectFile[], what: string, path: DocumentPath): readonly PlacedElement[] {
  const all = files.flatMap((file) =>
    listAt(file, path, what).map((item, index): PlacedElement => {
      const itemPath = [...path, index];
      const locate = (inner: readonly string[]) => file.place([...itemPath, ...inner]);
      return { ...parseElement(what, item, file.place(itemPath)), locate, file, path: itemPath };
    }),
  );
  const byName = new Map<string, PlacedElement>();
  for (const element of all) {
    const other = byName.get(element.name);
    if (other !== undefined) throw duplicate(what, other, element);
    byName.set(element.name, element);
  }
  return all;
}

function listAt(file: ProjectFile, path: DocumentPath, what: string): readonly JsonValue[] {
  let value: JsonValue | undefined = file.value;
  for (const key of path) value = isJsonObject(value) ? value[key] : undefined;
  if (value === undefined || value === null) return [];
  if (isJsonArray(value)) return value;
  throw invalidElement(`\`${path.join('.')}\` in ${file.path} is not a list of ${what}s`, file.place(path));
}

function duplicate(what: string, first: Element, second: Element) {
  const at = (place: ErrorPlace) => `${place.file} line ${place.line}`;
  return projectError('duplicate_name', {
    message: `Two ${what}s are named '${second.name}': ${at(first.place)} and ${at(second.place)}`,
    hint: 'Rename one of them or remove it',
    place: second.place,
    details: { name: second.name, first: first.place },
  });
}

function parsePlugins(files: readonly ProjectFile[]): readonly WrittenPlugin[] {
  for (const file of files) assertPluginTypes(file);
  return pluginTypes.flatMap((type) => pluginsOfType(files, type));
}

function pluginsOfType(files: readonly ProjectFile[], type: PluginType): readonly WrittenPlugin[] {
  const { descriptor } = pluginTypeWords[type];
  return elements(files, descriptor, ['plugins', type]).map((element) => parseWrittenPlugin(type, element));
}

function assertPluginTypes(file: ProjectFile): void {
  const plugins = file.value['plugins'];
  if (plugins === undefined || plugins === null) return;
  if (!isJsonObject(plugins))
    throw invalidElement(`\`plugins\` in ${file.path} is not a mapping`, file.place(['plugins']));
  for (const key of Object.keys(plugins)) {
    if (parsePluginType(key) !== key) throw unknownPluginType(key, file.place(['plugins', key]));
  }
}

function parseEnv(env: JsonValue | undefined, files: readonly ProjectFile[]): Project['env'] {
  if (env === undefined || env === null) return {};
  if (isJsonObject(env)) return envTexts(env);
  const file = files.find((each) => each.value['env'] !== undefined && !isJsonObject(each.value['env']));
  throw invalidElement('`env` is not a mapping', file?.place(['env']) ?? { file: 'meltano.yml' });
}

const elementKeys: Readonly<Record<string, ReadonlySet<string>>> = {
  jobs: new Set(['name', 'tasks', 'annotations']),
  environments: new Set(['name', 'config', 'env', 'state_id_suffix', 'annotations']),
};

function warnings(files: readonly ProjectFile[]): Project['warnings'] {
  return files.flatMap((file) => [...versionWarning(file), ...unknownKeyWarnings(file)]);
}

function versionWarning(file: ProjectFile): Project['warnings'] {
  if (file.value['version'] === undefined) return [];
  return [
    {
      message:
        'The `version` field in meltano.yml is deprecated; use `requires_meltano` to say which versions a project works with',
      place: file.place(['version']),
    },
  ];
}

function unknownKeyWarnings(file: ProjectFile): Project['warnings'] {
  return Object.entries(elementKeys).flatMap(([list, known]) => {
    const items = file.value[list];
    if (!isJsonArray(items)) return [];
    return items.flatMap((item, index) =>
      Object.keys(isJsonObject(item) ? item : ({} as JsonObject))
        .filter((key) => !known.has(key))
        .map((key) => ({
          message: `\`${key}\` means nothing here and is ignored`,
          place: file.place([list, index, key]),
        })),
    );
  });
}
