import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import type { FoundFile } from './find-files.ts';
import { sourceColumns } from './source-columns.ts';

/**
 * Which files earlier runs have read to their end, by name with time of modification and size: a file is read
 * again when either has changed, and a file that appears later is read although its time is older.
 */
export interface FileBookmark {
  isRead(file: FoundFile): boolean;
  /** The bookmark once this file was read, too. */
  after(file: FoundFile): JsonObject;
}

export function createFileBookmark(
  previous: JsonObject | undefined,
  present: readonly FoundFile[],
): FileBookmark {
  const names = new Set(present.map((file) => file.name));
  const before = isJsonObject(previous?.['files']) ? previous['files'] : {};
  const read = new Map(Object.entries(before).filter(([name]) => names.has(name)));
  let latest =
    typeof previous?.['replication_key_value'] === 'string' ? previous['replication_key_value'] : '';
  return {
    isRead: (file) => read.get(file.name) === mark(file),
    after(file) {
      read.set(file.name, mark(file));
      if (file.modified > latest) latest = file.modified;
      return {
        replication_key: sourceColumns.modified,
        replication_key_value: latest,
        files: Object.fromEntries(read),
      };
    },
  };
}

function mark(file: FoundFile): string {
  return `${file.modified} ${file.bytes}`;
}
