import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RecordItem, RecordsItem } from '../connector.ts';
import type { BatchOptions } from './batch-config.ts';
import { type BatchFile, createBatchFile } from './batch-file.ts';

/**
 * Puts records into files of JSON Lines and sends a BATCH message for each file. What the tap does to records
 * (selection, conforming, maps) has been done to them. A file is complete before its message, and all files before a
 * state, so that the state covers them (Singer rule 80). Records that carry a version are sent as they are: a batch
 * has no place for it.
 */
export async function* writeBatches(
  items: AsyncIterable<RecordItem>,
  options: BatchOptions,
): AsyncGenerator<RecordItem> {
  const folder = resolve(options.root);
  const run = randomUUID();
  const files = new Map<string, BatchFile>();
  let number = 0;

  const fileOf = (stream: string): BatchFile => {
    const known = files.get(stream);
    if (known !== undefined) return known;
    number += 1;
    mkdirSync(folder, { recursive: true });
    const name = `${options.prefix}${options.tap}--${stream}-${run}-${number}`.replaceAll(/[/\\\0]/g, '_');
    const ending = options.compression === 'gzip' ? '.json.gz' : '.json';
    const file = createBatchFile(join(folder, name + ending), options.compression === 'gzip');
    files.set(stream, file);
    return file;
  };

  const finish = async (stream: string): Promise<RecordItem> => {
    const file = fileOf(stream);
    files.delete(stream);
    await file.close();
    const encoding = { format: 'jsonl', compression: options.compression };
    return {
      kind: 'other',
      body: { type: 'BATCH', stream, encoding, manifest: [pathToFileURL(file.path).href] },
    };
  };

  const add = async function* (item: RecordsItem): AsyncGenerator<RecordItem> {
    for (let at = 0; at < item.records.length; ) {
      const file = fileOf(item.stream);
      const room = options.batchSize - file.records;
      await file.write(item.records.slice(at, at + room));
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
        yield item;
      }
    }
    yield* finishAll([...files.keys()]);
  } finally {
    // Of files without message nobody knows.
    for (const file of files.values()) await file.discard();
  }
}
