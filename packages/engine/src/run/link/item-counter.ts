import type { RecordItem } from '@meltano/sdk/connector';
import type { StreamCount } from './pump.ts';

/** Counts the records of items per stream. */
export interface ItemCounter {
  add(item: RecordItem): void;
  counts(): readonly StreamCount[];
  bytes(): number;
}

export function createItemCounter(): ItemCounter {
  const streams = new Map<string, { records: number; bytes: number }>();
  let total = 0;
  const of = (stream: string) => {
    const known = streams.get(stream);
    if (known !== undefined) return known;
    const fresh = { records: 0, bytes: 0 };
    streams.set(stream, fresh);
    return fresh;
  };
  return {
    add(item) {
      if (item.kind === 'schema') of(item.stream);
      if (item.kind !== 'records') return;
      const count = of(item.stream);
      count.records += item.records.length;
      count.bytes += item.bytes;
      total += item.bytes;
    },
    counts: () => [...streams].map(([stream, count]) => ({ stream, ...count })),
    bytes: () => total,
  };
}
