import type { Readable } from 'node:stream';
import { isAppError } from '@meltano/foundation/errors';
import type { JsonObject } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import { isBlankLine, parseLine } from '@meltano/singer/line';
import { createLineBlocks, type Line, type LineBlock } from '@meltano/singer/line-blocks';
import { parseMessage, type RecordMessage, type SingerMessage } from '@meltano/singer/message';
import type { RecordItem, RecordsItem } from '../connector.ts';
import { atLine, type InputPosition } from './input-position.ts';
import { itemOf } from './item-of.ts';

/** As the record lane has it; a single record may be as long as it likes, up to the limit of a line. */
const maxRecords = 2_000;
const maxBytes = 1_000_000;
const maxLineBytes = 512 * 1024 * 1024;

/**
 * Reads lines of the Singer protocol as items. Records of one stream that follow each other become one item;
 * what has been read is passed on when no more has arrived. Ends early, without failure, when the signal is
 * aborted. `position` moves along.
 */
export async function* readSinger(
  input: Readable,
  log: Log,
  signal: AbortSignal,
  position: InputPosition = { line: 0 },
): AsyncGenerator<RecordItem> {
  const blocks = createLineBlocks({ maxBytes: maxLineBytes });
  const reader = createBlockReader(log, position);
  const stop = () => void input.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of input as AsyncIterable<Uint8Array>) {
      for (const block of blocks.push(chunk)) yield* reader.read(block);
      if (input.readableLength === 0) yield* reader.rest();
    }
    const last = blocks.end();
    if (last !== undefined) yield* reader.read(last);
  } catch (error) {
    // A destroyed input ends with an error of its own; that was asked for.
    if (!signal.aborted || isAppError(error)) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  yield* reader.rest();
}

interface BlockReader {
  /** What becomes whole. */
  read(block: LineBlock): Generator<RecordItem, void>;
  rest(): readonly RecordItem[];
}

function createBlockReader(log: Log, position: InputPosition): BlockReader {
  let pending: Pending | undefined;
  let notNumbers = 0;
  const onNotNumber = (count: number) => {
    notNumbers = count;
  };

  const take = (): readonly RecordItem[] => {
    if (pending === undefined) return [];
    const item = recordsItem(pending);
    pending = undefined;
    return [item];
  };

  const add = (message: RecordMessage, bytes: number): readonly RecordItem[] | undefined => {
    const { stream, version } = message;
    const isOther =
      pending !== undefined && (pending.message.stream !== stream || pending.message.version !== version);
    const whole = isOther ? take() : undefined;
    pending ??= { message, records: [], bytes: 0, notNumbers: 0 };
    pending.notNumbers += notNumbers;
    notNumbers = 0;
    pending.records.push(message.record);
    pending.bytes += bytes;
    if (pending.records.length < maxRecords && pending.bytes < maxBytes) return whole;
    return [...(whole ?? []), ...take()];
  };

  /** What is whole now; undefined, and nothing made, for most lines. */
  const read = (line: Line, { isAscii, isPlain }: LineBlock): readonly RecordItem[] | undefined => {
    position.line += 1;
    const { line: number } = position;
    if (isBlankLine(line)) {
      log.log('warning', `Line ${number} of the input is blank`, { line: number });
      return undefined;
    }
    const message = withLine(number, () => tolerant(parseLine(line, { onNotNumber, isPlain }), log));
    if (message.type !== 'RECORD') return [...take(), itemOf(message)];
    return add(message, isAscii ? line.length : Buffer.byteLength(line));
  };

  return {
    *read(block) {
      for (const line of block.lines) {
        const items = read(line, block);
        if (items !== undefined) yield* items;
      }
    },
    rest: take,
  };
}

/** Records of one stream that have been read and not passed on. */
interface Pending {
  readonly message: RecordMessage;
  readonly records: JsonObject[];
  bytes: number;
  notNumbers: number;
}

function recordsItem({ message, records, bytes, notNumbers }: Pending): RecordsItem {
  return {
    kind: 'records',
    stream: message.stream,
    records,
    bytes,
    ...(message.timeExtracted === undefined ? {} : { timeExtracted: message.timeExtracted }),
    ...(message.version === undefined ? {} : { version: message.version }),
    ...(notNumbers === 0 ? {} : { notNumbers }),
  };
}

const types = new Set(['SCHEMA', 'RECORD', 'STATE', 'ACTIVATE_VERSION', 'BATCH']);

/** The specification has types in any case (Singer rule 7); real taps write upper case. */
function tolerant(message: SingerMessage, log: Log): SingerMessage {
  if (message.type !== 'UNKNOWN') return message;
  const written = message.body['type'];
  const type = typeof written === 'string' ? written.toUpperCase() : '';
  if (!types.has(type)) return message;
  log.log('warning', `A message has the type ${JSON.stringify(written)}, which should be ${type}`);
  return parseMessage({ ...message.body, type });
}

function withLine<T>(line: number, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw isAppError(cause) ? atLine(cause, line) : cause;
  }
}
