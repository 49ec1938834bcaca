import type { Readable } from 'node:stream';
import type { JsonObject } from '@meltano/foundation/json';
import type { RecordItem, RecordsItem } from '@meltano/sdk/connector';
import { itemOf } from '@meltano/sdk/host/item-of';
import { isBlankLine, type LineReading, parseLine } from '@meltano/singer/line';
import { createLineSplitter } from '@meltano/singer/line-splitter';
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
  const splitter = createLineSplitter({ maxBytes: options.maxLineBytes });
  const batch = createBatch();
  const reading: LineReading = { onNotNumber: batch.expectNotNumbers };
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    for (const part of lineParts(chunk)) {
      for (const line of splitter.push(part)) {
        if (!isBlankLine(line)) yield* batch.add(parseLine(line, reading), line.length + 1);
      }
    }
    // What has arrived is not kept waiting for more.
    if (stdout.readableLength === 0) yield* batch.flush();
  }
  const last = splitter.end();
  if (last !== undefined && !isBlankLine(last)) {
    const message = parseLast(last, reading);
    if (message === undefined) options.onUnfinished(last.length);
    else yield* batch.add(message, last.length);
  }
  yield* batch.flush();
}

/** The chunk in pieces that end with a line: what comes before a line that is refused is not lost with it. */
function* lineParts(chunk: Buffer): Generator<Buffer> {
  let start = 0;
  for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
    yield chunk.subarray(start, end + 1);
    start = end + 1;
  }
  if (start < chunk.length) yield chunk.subarray(start);
}

function parseLast(line: Uint8Array, reading: LineReading): SingerMessage | undefined {
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
    expectNotNumbers(count: number) {
      expected = count;
    },
    add(message: SingerMessage, size: number): readonly RecordItem[] {
      if (message.type !== 'RECORD') return [...flush(), itemOf(message)];
      const { stream, version, timeExtracted } = message;
      const fits = head.stream === stream && head.version === version && head.timeExtracted === timeExtracted;
      const ready = fits && records.length < batchRecords && bytes < batchBytes ? [] : flush();
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
