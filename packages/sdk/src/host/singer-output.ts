import type { Writable } from 'node:stream';
import { errorMessage } from '@meltano/foundation/errors';
import { stringifyJson } from '@meltano/foundation/json';
import { renderLine } from '@meltano/singer/line';
import type { RecordItem, RecordsItem } from '../connector.ts';
import { hostError } from './errors.ts';

/** Text of this length is handed to the operating system at once. */
const writeLength = 256 * 1024;

/** Writes text in order and waits when the reader is slow, so that memory stays bounded (Invariant 9). */
export interface Output {
  write(text: string): Promise<void>;
  /** Resolves when all has been handed over. */
  flush(): Promise<void>;
}

export function createOutput(stream: Writable): Output {
  let buffer = '';
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure ??= error;
  });
  const send = (text: string) =>
    new Promise<void>((resolve, reject) => {
      if (failure !== undefined) return reject(closed(failure));
      stream.write(text, (error) => (error ? reject(closed(error)) : resolve()));
    });
  const flush = async () => {
    if (buffer === '') return;
    const text = buffer;
    buffer = '';
    await send(text);
  };
  return {
    async write(text) {
      buffer += text;
      if (buffer.length >= writeLength) await flush();
    },
    flush,
  };
}

const readerGone: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

function closed(cause: NodeJS.ErrnoException) {
  if (cause.code !== undefined && !readerGone.has(cause.code)) {
    return hostError('output_failed', {
      message: `The output cannot be written: ${errorMessage(cause)}`,
      hint: cause.code === 'ENOSPC' ? 'make room, then run again' : 'check where the output goes to',
      cause,
    });
  }
  return hostError('output_closed', {
    message: 'The reader of the output has ended before all was written',
    hint: 'see what the target says about its end',
    cause,
  });
}

/** An item as lines of the Singer protocol. Throws `host.nested_too_deeply`. */
export function renderItem(item: RecordItem): string {
  try {
    return linesOf(item);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const of = 'stream' in item ? ` of stream ${item.stream}` : '';
    throw hostError('nested_too_deeply', {
      message: `A message${of} cannot be written: ${errorMessage(cause)}`,
      hint: 'a value is nested too deeply or too long; leave the property out with `meltano select`',
      details: 'stream' in item ? { stream: item.stream } : {},
      cause,
    });
  }
}

function linesOf(item: RecordItem): string {
  switch (item.kind) {
    case 'schema': {
      const { kind: _, partial: __, ...message } = item;
      return renderLine({ type: 'SCHEMA', ...message });
    }
    case 'records':
      return renderRecords(item);
    case 'state':
      return renderLine({ type: 'STATE', value: item.value });
    case 'activate-version':
      return renderLine({ type: 'ACTIVATE_VERSION', stream: item.stream, version: item.version });
    case 'other':
      return `${stringifyJson(item.body)}\n`;
  }
}

function renderRecords(item: RecordsItem): string {
  const head = `{"type":"RECORD","stream":${JSON.stringify(item.stream)},"record":`;
  const version = item.version === undefined ? '' : `,"version":${item.version}`;
  const time =
    item.timeExtracted === undefined ? '' : `,"time_extracted":${JSON.stringify(item.timeExtracted)}`;
  const tail = `${version}${time}}\n`;
  let text = '';
  for (const record of item.records) text += head + stringifyJson(record) + tail;
  return text;
}
