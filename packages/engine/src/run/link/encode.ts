import type { Writable } from 'node:stream';
import { stringifyJson } from '@meltano/foundation/json';
import type { RecordItem, RecordsItem } from '@meltano/sdk/connector';
import { messageToJson, type SingerMessage } from '@meltano/singer/message';
import { writeToStream } from './write-to-stream.ts';

/**
 * Writes items as Singer lines into a process, no faster than it reads. Resolves true when everything was
 * written and the input closed, false when the reader went away before.
 */
export async function encodeItems(
  items: AsyncIterable<RecordItem>,
  stdin: Writable,
  onItem: (item: RecordItem) => void,
): Promise<boolean> {
  for await (const item of items) {
    if (!(await writeToStream(stdin, renderItem(item)))) return false;
    onItem(item);
  }
  return new Promise((resolve) => {
    stdin.once('error', () => resolve(false));
    stdin.end(() => resolve(true));
  });
}

/** The lines of one item, each with its `\n`. */
export function renderItem(item: RecordItem): string {
  if (item.kind === 'records') return renderRecords(item);
  if (item.kind === 'other') return `${stringifyJson(item.body)}\n`;
  return `${stringifyJson(messageToJson(messageOf(item)))}\n`;
}

function messageOf(item: Exclude<RecordItem, { kind: 'records' | 'other' }>): SingerMessage {
  switch (item.kind) {
    case 'schema': {
      const { kind: _, ...schema } = item;
      return { type: 'SCHEMA', ...schema };
    }
    case 'state':
      return { type: 'STATE', value: item.value };
    case 'activate-version':
      return { type: 'ACTIVATE_VERSION', stream: item.stream, version: item.version };
  }
}

/** All but the record is the same in every line of a batch, and is rendered once. */
function renderRecords({ stream, records, version, timeExtracted }: RecordsItem): string {
  const head = `{"type":"RECORD","stream":${JSON.stringify(stream)},"record":`;
  const time = timeExtracted === undefined ? '' : `,"time_extracted":${JSON.stringify(timeExtracted)}`;
  const tail = `${time}${version === undefined ? '' : `,"version":${version}`}}\n`;
  return records.map((record) => head + stringifyJson(record) + tail).join('');
}
