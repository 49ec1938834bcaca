import type { Writable } from 'node:stream';
import type { RecordItem } from '@meltano/sdk/connector';
import { renderItem } from '@meltano/sdk/host/singer-output';
import { writeToStream } from './write-to-stream.ts';

/**
 * Writes items as Singer lines into a process, no faster than it reads. Resolves true when everything was
 * written and the input closed, false when the reader went away before.
 */
export async function encodeItems(
  items: AsyncIterable<RecordItem>,
  stdin: Writable,
  onItem: (item: RecordItem) => void,
): Promise<boolean> {
  for await (const item of items) {
    if (!(await writeToStream(stdin, renderItem(item)))) return false;
    onItem(item);
  }
  return new Promise((resolve) => {
    stdin.once('error', () => resolve(false));
    stdin.end(() => resolve(true));
  });
}
