import type { Log } from '@meltano/foundation/log';
import { expect, test } from 'vitest';
import { countNotNumbers } from './not-numbers.ts';

test('values that were no numbers are told once for each stream', () => {
  const told: string[] = [];
  const log: Log = { log: (level, event) => told.push(`${level} ${event}`) };
  const counts = countNotNumbers();
  const records = { kind: 'records', records: [{}], bytes: 1 } as const;
  counts.count({ ...records, stream: 'a', notNumbers: 2 });
  counts.count({ ...records, stream: 'a', notNumbers: 1 });
  counts.count({ ...records, stream: 'b' });
  counts.count({ kind: 'state', value: {} });
  counts.tell(log);
  expect(told).toEqual([
    'warning Stream a: 3 values were NaN or Infinity, which JSON does not have, and were read as null',
  ]);
});
