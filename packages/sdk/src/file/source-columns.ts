import type { JsonObject } from '@meltano/foundation/json';
import type { FoundFile } from './find-files.ts';

/** What `add_metadata_columns` adds to every record; names as in MeltanoLabs' tap-csv. */
export const sourceColumns = {
  file: '_sdc_source_file',
  modified: '_sdc_source_file_mtime',
  line: '_sdc_source_lineno',
} as const;

const schemas: JsonObject = {
  [sourceColumns.file]: { type: ['string', 'null'] },
  [sourceColumns.modified]: { type: ['string', 'null'], format: 'date-time' },
  [sourceColumns.line]: { type: ['integer', 'null'] },
};

/** The columns that a stream gets: all when they are asked for, the time alone where the bookmark needs it. */
export function sourceProperties(all: boolean, onlyModified: boolean): JsonObject {
  if (all) return schemas;
  return onlyModified ? { [sourceColumns.modified]: schemas[sourceColumns.modified] ?? {} } : {};
}

/** Sets the columns that are wanted on a record. */
export function addSourceColumns(
  record: Record<string, unknown>,
  wanted: ReadonlySet<string>,
  file: FoundFile,
  line: number,
): void {
  if (wanted.has(sourceColumns.file)) record[sourceColumns.file] = file.name;
  if (wanted.has(sourceColumns.modified)) record[sourceColumns.modified] = file.modified;
  if (wanted.has(sourceColumns.line)) record[sourceColumns.line] = line;
}
