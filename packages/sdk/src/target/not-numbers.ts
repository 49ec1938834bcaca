import type { Log } from '@meltano/foundation/log';
import type { RecordItem } from '../connector.ts';

/** Counts, by stream, the values that came as NaN or Infinity and were read as null (Singer rule 11). */
export interface NotNumbers {
  count(item: RecordItem): void;
  tell(log: Log): void;
}

export function countNotNumbers(): NotNumbers {
  const counts = new Map<string, number>();
  return {
    count(item) {
      if (item.kind !== 'records' || item.notNumbers === undefined) return;
      counts.set(item.stream, (counts.get(item.stream) ?? 0) + item.notNumbers);
    },
    tell(log) {
      for (const [stream, count] of counts) {
        const message = `Stream ${stream}: ${count} values were NaN or Infinity, which JSON does not have, and were read as null`;
        log.log('warning', message, { stream, count });
      }
    },
  };
}
