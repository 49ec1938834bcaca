import type { Readable } from 'node:stream';
import { isAppError } from '@meltano/foundation/errors';
import type { JsonObject } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import { isBlankLine, parseLine } from '@meltano/singer/line';
import { createLineSplitter } from '@meltano/singer/line-splitter';
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
  const splitter = createLineSplitter({ maxBytes: maxLineBytes });
  const reader = createLineReader(log, position);
  const stop = () => void input.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of input as AsyncIterable<Uint8Array>) {
      for (const line of splitter.push(chunk)) {
        const items = reader.read(line);
        if (items !== undefined) yield* items;
      }
      if (input.readableLength === 0) yield* reader.rest();
    }
    const last = splitter.end();
    if (last !== undefined) yield* reader.read(last) ?? [];
  } catch (error) {
    // A destroyed input ends with an error of its own; that was asked for.
    if (!signal.aborted || isAppError(error)) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  yield* reader.rest();
}

interface LineReader {
  /** What is whole now; undefined, and nothing made, for most lines. */
  read(line: Uint8Array): readonly RecordItem[] | undefined;
  rest(): readonly RecordItem[];
}

function createLineReader(log: Log, position: InputPosition): LineReader {
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

  return {
    read(bytes) {
      position.line += 1;
      const { line: number } = position;
      const line = number === 1 ? withoutMark(bytes) : bytes;
      if (isBlankLine(line)) {
        log.log('warning', `Line ${number} of the input is blank`, { line: number });
        return undefined;
      }
      const message = withLine(number, () => tolerant(parseLine(line, { onNotNumber }), log));
      return message.type === 'RECORD' ? add(message, line.length) : [...take(), itemOf(message)];
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

function withoutMark(line: Uint8Array): Uint8Array {
  return line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line;
}
