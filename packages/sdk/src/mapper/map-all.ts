import { readBatches } from '../batch/read-batches.ts';
import type { OpenMapper, RecordItem, SchemaItem } from '../connector.ts';

/**
 * Maps items as they are pulled. Files of records (BATCH) are read and their records mapped, piece by piece, unless the
 * mapper leaves the records of their stream as they are.
 */
export async function* mapAll(
  items: AsyncIterable<RecordItem>,
  mapper: Pick<OpenMapper, 'map' | 'keepsRecords'>,
): AsyncGenerator<RecordItem> {
  const schemas = new Map<string, SchemaItem>();
  for await (const item of items) {
    if (item.kind === 'schema') schemas.set(item.stream, item);
    const stream = streamOfFiles(item);
    if (stream === undefined || mapper.keepsRecords?.(stream) === true) yield* await mapper.map(item);
    else {
      for await (const records of recordsIn(item, schemas.get(stream))) yield* await mapper.map(records);
    }
  }
}

function streamOfFiles(item: RecordItem): string | undefined {
  return item.kind === 'other' && item.body['type'] === 'BATCH' ? String(item.body['stream']) : undefined;
}

/** What a value in a file is may depend on the schema. */
async function* recordsIn(files: RecordItem, schema: SchemaItem | undefined): AsyncGenerator<RecordItem> {
  const given = async function* (): AsyncGenerator<RecordItem> {
    if (schema !== undefined) yield schema;
    yield files;
  };
  for await (const item of readBatches(given())) if (item !== schema) yield item;
}
