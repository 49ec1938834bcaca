import { rm } from 'node:fs/promises';
import type { JsonObject } from '@meltano/foundation/json';
import { createParquetFile } from '../parquet/write-parquet.ts';
import type { BatchFile } from './batch-file.ts';
import { batchError } from './errors.ts';

export interface ParquetBatchOptions {
  readonly path: string;
  readonly stream: string;
  readonly schema: JsonObject;
  readonly compression: 'gzip' | 'none';
}

/** A file of Parquet, whose columns are the properties of the stream's schema. Throws `batch.not_in_parquet`. */
export async function createParquetBatch(options: ParquetBatchOptions): Promise<BatchFile> {
  const { path, stream, schema, compression } = options;
  if (Object.keys(schema['properties'] ?? {}).length === 0)
    throw unfit(stream, `Stream ${stream} has a schema without properties`);
  const file = await createParquetFile({
    path,
    schema,
    compression,
    unfit: (property, problem) =>
      unfit(stream, `Property ${property} of stream ${stream} ${problem}, in one of the records`),
  });
  let records = 0;
  return {
    path,
    get records() {
      return records;
    },
    async write(rows) {
      await file.write(rows);
      records += rows.length;
    },
    close: () => file.finish(),
    async discard() {
      file.abandon();
      await rm(path, { force: true });
    },
  };
}

function unfit(stream: string, what: string) {
  return batchError('not_in_parquet', {
    message: `${what}, which a Parquet file cannot hold`,
    hint: 'set encoding.format of batch_config to jsonl, which holds all that a record can',
    details: { stream },
  });
}
