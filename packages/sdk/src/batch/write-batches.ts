import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JsonObject } from '@meltano/foundation/json';
import type { RecordItem, RecordsItem } from '../connector.ts';
import type { BatchOptions } from './batch-config.ts';
import { type BatchFile, createLinesFile } from './batch-file.ts';
import { writing } from './not-writable.ts';
import { createParquetBatch } from './parquet-batch-file.ts';

/**
 * Puts records into files of JSON Lines or Parquet and sends a BATCH message for each file. What the tap does to records
 * (selection, conforming, maps) has been done to them. A file is complete before its message, and all files before a
 * state, so that the state covers them (Singer rule 80). Records that carry a version are sent as they are: a batch
 * has no place for it. `run` tells the files of one run from those of others.
 */
export async function* writeBatches(
  items: AsyncIterable<RecordItem>,
  options: BatchOptions,
  run: string = randomUUID(),
): AsyncGenerator<RecordItem> {
  const folder = resolve(options.root);
  const files = new Map<string, BatchFile>();
  const schemas = new Map<string, JsonObject>();
  let number = 0;

  const createFile = (stream: string): Promise<BatchFile> | BatchFile => {
    const { format, compression } = options;
    number += 1;
    const name = `${options.prefix}${options.tap}--${stream}-${run}-${number}`.replaceAll(/[/\\\0]/g, '_');
    const at = join(folder, name);
    if (format === 'jsonl')
      return createLinesFile(at + (compression === 'gzip' ? '.json.gz' : '.json'), compression === 'gzip');
    return createParquetBatch({
      path: `${at}.parquet`,
      stream,
      schema: schemas.get(stream) ?? {},
      compression,
    });
  };

  const fileOf = async (stream: string): Promise<BatchFile> => {
    const known = files.get(stream);
    if (known !== undefined) return known;
    const file = await writing({ path: folder, stream }, async () => {
      mkdirSync(folder, { recursive: true });
      return createFile(stream);
    });
    files.set(stream, file);
    return file;
  };

  const finish = async (stream: string): Promise<RecordItem> => {
    const file = await fileOf(stream);
    await writing({ path: file.path, stream }, () => file.close());
    files.delete(stream);
    const encoding = { format: options.format, compression: options.compression };
    return {
      kind: 'other',
      body: { type: 'BATCH', stream, encoding, manifest: [pathToFileURL(file.path).href] },
    };
  };

  const add = async function* (item: RecordsItem): AsyncGenerator<RecordItem> {
    for (let at = 0; at < item.records.length; ) {
      const file = await fileOf(item.stream);
      const room = options.batchSize - file.records;
      const some = item.records.slice(at, at + room);
      await writing({ path: file.path, stream: item.stream }, () => file.write(some));
      at += room;
      if (file.records >= options.batchSize) yield await finish(item.stream);
    }
  };

  const finishAll = async function* (streams: readonly string[]): AsyncGenerator<RecordItem> {
    for (const stream of streams) if (files.has(stream)) yield await finish(stream);
  };

  try {
    for await (const item of items) {
      if (item.kind === 'records' && item.version === undefined) yield* add(item);
      else {
        // A state covers all streams; everything else keeps its place among the records of its own.
        yield* finishAll('stream' in item ? [item.stream] : [...files.keys()]);
        if (item.kind === 'schema') schemas.set(item.stream, item.schema);
        yield item;
      }
    }
    yield* finishAll([...files.keys()]);
  } finally {
    // Of files without message nobody knows.
    for (const file of files.values()) await file.discard();
  }
}
