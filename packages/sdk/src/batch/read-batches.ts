import type { JsonObject } from '@meltano/foundation/json';
import type { RecordItem } from '../connector.ts';
import { parseBatchMessage, unsupported } from './batch-message.ts';
import { readBatchFile } from './read-batch-file.ts';

/**
 * Puts the records of batch files in the place of the BATCH messages that name them, so that they are mapped,
 * validated and loaded like others, in their order. Files are left where they are: who made them may need them.
 */
export async function* readBatches(items: AsyncIterable<RecordItem>): AsyncGenerator<RecordItem> {
  for await (const item of items) {
    if (item.kind === 'other' && item.body['type'] === 'BATCH') yield* recordsOf(item.body);
    else yield item;
  }
}

async function* recordsOf(body: JsonObject): AsyncGenerator<RecordItem> {
  const { stream, format, paths } = parseBatchMessage(body);
  if (format !== 'jsonl') throw unsupported(stream, `names files of the format ${format}, which is not read`);
  for (const path of paths)
    for await (const some of readBatchFile(path, stream)) yield { kind: 'records', stream, ...some };
}
