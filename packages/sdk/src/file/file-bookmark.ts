import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
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
  const known = new Map(Object.entries(before).filter(([name]) => names.has(name)));
  const read: (readonly [string, JsonValue])[] = [];
  let latest =
    typeof previous?.['replication_key_value'] === 'string' ? previous['replication_key_value'] : '';
  return {
    isRead: (file) => known.get(file.name) === mark(file),
    after(file) {
      read.push([file.name, mark(file)]);
      if (file.modified > latest) latest = file.modified;
      const count = read.length;
      return bookmarkOf(latest, () => Object.fromEntries([...known, ...read.slice(0, count)]));
    },
  };
}

/** Of the bookmarks that follow each other only a few are stored: the list of files is made when one is looked at. */
function bookmarkOf(latest: string, list: () => JsonObject): JsonObject {
  let files: JsonObject | undefined;
  return {
    replication_key: sourceColumns.modified,
    replication_key_value: latest,
    get files() {
      files ??= list();
      return files;
    },
  };
}

function mark(file: FoundFile): string {
  return `${file.modified} ${file.bytes}`;
}
