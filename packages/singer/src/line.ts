import { parseJson, stringifyJson } from '@meltano/foundation/json';
import { singerError } from './errors.ts';
import { messageToJson, parseMessage, type SingerMessage } from './message.ts';

const strict = new TextDecoder('utf-8', { fatal: true });

/** Reads one line of the protocol. Throws `singer.invalid_json` or `singer.invalid_message`, quoting the start of the line's kind but never record values. */
export function parseLine(line: Uint8Array | string): SingerMessage {
  return parseMessage(parseJsonLine(line));
}

function parseJsonLine(line: Uint8Array | string) {
  try {
    return parseJson(typeof line === 'string' ? line : strict.decode(line));
  } catch (cause) {
    throw singerError('invalid_json', {
      message: `A line of ${line.length} bytes is not valid JSON`,
      hint: 'only Singer messages may be written to standard output; logs belong on standard error',
      cause,
    });
  }
}

/** One message as a line of the protocol, with its `\n`. */
export function renderLine(message: SingerMessage): string {
  return `${stringifyJson(messageToJson(message))}\n`;
}
