import { messageToJson, type RecordMessage, type SingerMessage } from '@meltano/singer/message';
import type { RecordItem } from '../connector.ts';

/** A message other than a record as an item; what has no item of its own passes as it is. */
export function itemOf(message: Exclude<SingerMessage, RecordMessage>): RecordItem {
  switch (message.type) {
    case 'SCHEMA': {
      const { type: _, ...schema } = message;
      return { kind: 'schema', ...schema };
    }
    case 'STATE':
      return { kind: 'state', value: message.value };
    case 'ACTIVATE_VERSION':
      return { kind: 'activate-version', stream: message.stream, version: message.version };
    case 'BATCH':
    case 'UNKNOWN':
      return { kind: 'other', body: messageToJson(message) };
  }
}
