import type { JsonObject } from '@meltano/foundation/json';
import type { ConnectorFacts } from '../about/connector-about.ts';
import type { Tap } from '../connector.ts';
import { defineTap } from '../tap/define-tap.ts';
import { type FileConfig, type FilesSetting, fileConfig, type InsteadOfFiles } from './file-config.ts';
import { entrySchema, parseEntry, writtenEntries } from './file-entry.ts';
import type { FileFormat, FileSettings } from './file-format.ts';
import { fileStream } from './file-stream.ts';
import { findFiles } from './find-files.ts';
import { sourceFile } from './source-file.ts';

export interface FileTapDefinition<S extends FileSettings> extends Omit<ConnectorFacts, 'settingsGroups'> {
  /** Endings of names, small, that count in a folder: `['.csv', '.csv.gz']`. */
  readonly endings: readonly string[];
  /** What the setting `files` says of itself; without it a text that fits any format. */
  readonly files?: FilesSetting;
  /** The setting that names a JSON file with the list of files, where there is one. */
  readonly filesDefinition?: InsteadOfFiles;
  /** The setting that names a single path, where there is one. */
  readonly singlePath?: InsteadOfFiles;
  /** Settings of the format beyond `files` and `add_metadata_columns`. */
  readonly settings?: S;
  readonly format: FileFormat<FileConfig<S>>;
}

/**
 * Makes a tap of one file format: `files` lists entities, each with a path, its keys and how its files are written.
 * The format says how one file is read; the rest is done here and in `defineTap`.
 */
export function fileTap<const S extends FileSettings = Record<never, never>>(
  definition: FileTapDefinition<S>,
): Tap {
  const { endings, files, filesDefinition, singlePath, settings, format, ...facts } = definition;
  const schema = entrySchema(format);
  const config = fileConfig({
    files: files ?? filesOf(format.options ?? {}, format.isBinary === true),
    entry: schema,
    filesDefinition,
    singlePath,
    // Without settings S is its default, which has none.
    settings: settings ?? ({} as S),
  });
  return defineTap({
    ...facts,
    settingsGroups: ['files', filesDefinition?.name, singlePath?.name].flatMap((name) =>
      name === undefined ? [] : [[name]],
    ),
    config,
    async streams({ config: given, log, signal, catalog }) {
      // The type of both sets of settings together, which TypeScript does not work out of a generic one.
      const typed = given as FileConfig<S>;
      const context = { config: typed, log, signal };
      const entries = writtenEntries({
        files: typed.files,
        definitionPath: textOf(typed, filesDefinition),
        singlePath: textOf(typed, singlePath),
      }).map((value, at) => parseEntry(value, at, schema));
      if (entries.length === 0 && catalog === undefined)
        log.log('warning', 'The list of files is empty: there is nothing to read');
      const streamOf = (entry: (typeof entries)[number]) => {
        const found = findFiles({ path: entry.path, endings });
        return fileStream({
          format,
          label: facts.label,
          entry,
          files: found.map((file) => sourceFile(file, entry.encoding)),
          addSourceColumns: typed.add_metadata_columns,
          context,
        });
      };
      return Promise.all(entries.map(streamOf));
    },
  });
}

function textOf(config: object, setting: InsteadOfFiles | undefined): string | undefined {
  const value = setting === undefined ? undefined : (config as Record<string, unknown>)[setting.name];
  return typeof value === 'string' ? value : undefined;
}

function filesOf(options: JsonObject, isBinary: boolean): FilesSetting {
  const optional = [...(isBinary ? [] : ['encoding']), ...Object.keys(options), 'schema', 'replication_key'];
  return {
    description: `A list of files, each an object with entity, path and keys, and optionally ${optional.join(', ')} and only_modified.`,
    placeholder: '[{"entity": "customers", "path": "data/customers*", "keys": ["id"]}]',
  };
}
