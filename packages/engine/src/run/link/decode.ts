import type { Readable } from 'node:stream';
import type { JsonObject } from '@meltano/foundation/json';
import type { RecordItem, RecordsItem } from '@meltano/sdk/connector';
import { itemOf } from '@meltano/sdk/host/item-of';
import { isBlankLine, type LineReading, parseLine } from '@meltano/singer/line';
import { createLineBlocks, type Line } from '@meltano/singer/line-blocks';
import type { SingerMessage } from '@meltano/singer/message';

export interface DecodeOptions {
  readonly maxLineBytes: number;
  /** The size of a last line that was cut short; it is left out. */
  onUnfinished(bytes: number): void;
}

const batchRecords = 1_000;
const batchBytes = 1024 * 1024;

/**
 * Reads Singer lines and makes items of them, records of one stream in batches. Numbers keep their digits.
 * Throws `singer.*` errors for a line that is no message. The stream is read only as fast as items are taken.
 */
export async function* decodeItems(stdout: Readable, options: DecodeOptions): AsyncGenerator<RecordItem> {
  const blocks = createLineBlocks({ maxBytes: options.maxLineBytes });
  const batch = createBatch();
  const { onNotNumber } = batch;
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    for (const { lines, isAscii, isPlain } of blocks.push(chunk)) {
      const reading: LineReading = { onNotNumber, isPlain };
      for (const line of lines) {
        if (isBlankLine(line)) continue;
        const size = isAscii ? line.length : Buffer.byteLength(line);
        const items = batch.add(parseLine(line, reading), size + 1);
        if (items !== undefined) yield* items;
      }
    }
    // What has arrived is not kept waiting for more.
    if (stdout.readableLength === 0) yield* batch.flush();
  }
  for (const last of blocks.end()?.lines ?? []) {
    if (isBlankLine(last)) continue;
    const message = parseLast(last, { onNotNumber });
    const size = Buffer.byteLength(last);
    if (message === undefined) options.onUnfinished(size);
    else yield* batch.add(message, size) ?? [];
  }
  yield* batch.flush();
}

function parseLast(line: Line, reading: LineReading): SingerMessage | undefined {
  try {
    return parseLine(line, reading);
  } catch {
    return undefined;
  }
}

/** Gathers records that follow each other and belong together. */
function createBatch() {
  let records: JsonObject[] = [];
  let bytes = 0;
  let notNumbers = 0;
  let expected = 0;
  let head: Pick<RecordsItem, 'stream' | 'version' | 'timeExtracted'> = { stream: '' };

  const flush = (): readonly RecordItem[] => {
    if (records.length === 0) return [];
    const item: RecordItem = {
      kind: 'records',
      ...head,
      records,
      bytes,
      ...(notNumbers === 0 ? {} : { notNumbers }),
    };
    records = [];
    bytes = 0;
    notNumbers = 0;
    return [item];
  };
  return {
    flush,
    /** Of the record that is added next. */
    onNotNumber(count: number) {
      expected = count;
    },
    /** What is whole now; undefined, and nothing made, for most messages. */
    add(message: SingerMessage, size: number): readonly RecordItem[] | undefined {
      if (message.type !== 'RECORD') return [...flush(), itemOf(message)];
      const { stream, version, timeExtracted } = message;
      const fits = head.stream === stream && head.version === version && head.timeExtracted === timeExtracted;
      const ready = fits && records.length < batchRecords && bytes < batchBytes ? undefined : flush();
      head = {
        stream,
        ...(version === undefined ? {} : { version }),
        ...(timeExtracted === undefined ? {} : { timeExtracted }),
      };
      records.push(message.record);
      bytes += size;
      notNumbers += expected;
      expected = 0;
      return ready;
    },
  };
}
