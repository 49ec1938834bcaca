import type { JsonObject } from '@meltano/foundation/json';
import type { StreamContext } from '../tap/stream.ts';
import { createFileBookmark } from './file-bookmark.ts';
import type { SourceFile } from './source-file.ts';

/**
 * Reads files one after the other. With `onlyModified` those that an earlier run has read to their end are left
 * out, and each file that is finished goes into the bookmark.
 */
export async function* readUnread(
  entry: { readonly onlyModified: boolean },
  files: readonly SourceFile[],
  context: StreamContext,
  read: (file: SourceFile) => AsyncIterable<readonly JsonObject[]>,
): AsyncGenerator<readonly JsonObject[]> {
  const bookmark = createFileBookmark(context.bookmark, files);
  const skips = entry.onlyModified && context.replicationMethod === 'INCREMENTAL';
  for (const file of files) {
    if (skips && bookmark.isRead(file)) continue;
    yield* read(file);
    if (context.signal.aborted) return;
    if (skips) context.saveBookmark(bookmark.after(file));
  }
}
