import { type Config, type ConfigOf, defineConfig } from '../config/config.ts';
import { type Setting, setting } from '../config/setting.ts';
import type { FileSettings } from './file-format.ts';

/** A setting that may be given instead of `files`. */
export interface InsteadOfFiles {
  /** e.g. `csv_files_definition` */
  readonly name: string;
  readonly label: string;
  readonly documentation?: string;
}

/** What is said of the setting `files`. */
export interface FilesSetting {
  readonly description: string;
  readonly placeholder: string;
}

/** Adds the columns that say where a record comes from. Part of every tap of files. */
export const metadataColumnsSetting = setting.boolean({
  label: 'Add Metadata Columns',
  description: 'Add _sdc_source_file, _sdc_source_file_mtime and _sdc_source_lineno to every record.',
  default: false,
});

const filesSetting = (facts: FilesSetting, items: Setting<unknown>['schema'] = {}) =>
  setting.array({ label: 'Files', ...facts }, { items });

type CommonSettings = {
  readonly files: ReturnType<typeof filesSetting>;
  readonly add_metadata_columns: typeof metadataColumnsSetting;
};

/** The settings of a tap of files: those that all have, and the format's own. */
export type FileConfig<S extends FileSettings> = ConfigOf<CommonSettings> & ConfigOf<S>;

export interface FileConfigOptions<S extends FileSettings> {
  readonly files: FilesSetting;
  /** The JSON Schema of an entry. */
  readonly entry: NonNullable<Setting<unknown>['schema']>;
  readonly filesDefinition?: InsteadOfFiles | undefined;
  readonly singlePath?: InsteadOfFiles | undefined;
  readonly settings: S;
}

/** A format that has `add_metadata_columns` among its own settings says where it stands. */
export function fileConfig<S extends FileSettings>(
  options: FileConfigOptions<S>,
): Config<CommonSettings & S> {
  const { filesDefinition, singlePath } = options;
  return defineConfig({
    files: filesSetting(options.files, options.entry),
    ...(filesDefinition === undefined ? {} : { [filesDefinition.name]: definitionSetting(filesDefinition) }),
    ...(singlePath === undefined ? {} : { [singlePath.name]: pathSetting(singlePath) }),
    ...options.settings,
    add_metadata_columns: metadataColumnsSetting,
  });
}

function definitionSetting({ name: _, ...facts }: InsteadOfFiles) {
  return setting.string({
    ...facts,
    description: 'A JSON file that holds the list of files, instead of files.',
  });
}

function pathSetting({ name: _, ...facts }: InsteadOfFiles) {
  return setting.string({
    ...facts,
    description: 'A file, a folder or a glob that is one stream, named after it, instead of files.',
  });
}
