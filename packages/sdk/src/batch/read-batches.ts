import type { JsonObject } from '@meltano/foundation/json';
import type { RecordItem } from '../connector.ts';
import { parseBatchMessage, unsupported } from './batch-message.ts';
import { fitRecord } from './fit-record.ts';
import { type FileRecords, isParquet, readBatchFile } from './read-batch-file.ts';
import { readParquetBatch } from './read-parquet-batch.ts';

/**
 * Puts the records of batch files in the place of the BATCH messages that name them, so that they are mapped,
 * validated and loaded like others, in their order. Files of JSON Lines and Parquet are read. Files are left where they are: who made them may need them.
 */
export async function* readBatches(items: AsyncIterable<RecordItem>): AsyncGenerator<RecordItem> {
  const schemas = new Map<string, JsonObject>();
  for await (const item of items) {
    if (item.kind === 'schema') schemas.set(item.stream, item.schema);
    if (item.kind === 'other' && item.body['type'] === 'BATCH') yield* recordsOf(item.body, schemas);
    else yield item;
  }
}

async function* recordsOf(
  body: JsonObject,
  schemas: ReadonlyMap<string, JsonObject>,
): AsyncGenerator<RecordItem> {
  const { stream, format, paths } = parseBatchMessage(body);
  if (format !== 'jsonl' && format !== 'parquet')
    throw unsupported(stream, `names files of the format ${format}, which is not read`);
  for (const path of paths)
    for await (const some of readFile(path, stream, format, schemas.get(stream)))
      yield { kind: 'records', stream, ...some };
}

/** A file that is Parquet says so itself, whatever the message says. */
async function* readFile(
  path: string,
  stream: string,
  format: 'jsonl' | 'parquet',
  schema: JsonObject | undefined,
): AsyncGenerator<FileRecords> {
  if (format === 'jsonl' && !(await isParquet(path, stream))) return yield* readBatchFile(path, stream);
  const fit = fitRecord(schema ?? {});
  for await (const { records, ...counts } of readParquetBatch(path, stream))
    yield { records: records.map(fit), ...counts };
}
