import type { JsonObject } from '@meltano/foundation/json';
import type { RecordsItem } from '../connector.ts';

/** As the record lane has it; what is as large as that already is not copied. */
const maxRecords = 2_000;
const maxBytes = 1_000_000;
const enough = 500;

/**
 * Records of many streams by turns, as parents and their children come, put together by stream: every write to a
 * table costs the same, however few its rows are. Records of one stream keep their order.
 */
export interface GatheredRecords {
  /** Records of the stream that wait. */
  waiting(stream: string): number;
  /** What is to be written now, before or with the item. `timed`: the stream keeps the times of its items. */
  add(item: RecordsItem, timed: boolean): readonly RecordsItem[];
  /** All that waits, of one stream or of every one. */
  take(stream?: string): readonly RecordsItem[];
}

interface Gathered {
  readonly head: RecordsItem;
  readonly records: JsonObject[];
  bytes: number;
  notNumbers: number;
}

export function createGatheredRecords(): GatheredRecords {
  const waiting = new Map<string, Gathered>();
  let bytes = 0;

  const take = (stream?: string): readonly RecordsItem[] => {
    const streams = stream === undefined ? [...waiting.keys()] : [stream];
    return streams.flatMap((each) => {
      const gathered = waiting.get(each);
      if (gathered === undefined) return [];
      waiting.delete(each);
      bytes -= gathered.bytes;
      return itemOf(gathered);
    });
  };

  const hold = (item: RecordsItem): Gathered => {
    const known = waiting.get(item.stream);
    if (known !== undefined) return known;
    const gathered: Gathered = { head: item, records: [], bytes: 0, notNumbers: 0 };
    waiting.set(item.stream, gathered);
    return gathered;
  };

  return {
    waiting: (stream) => waiting.get(stream)?.records.length ?? 0,
    add(item, timed) {
      const { stream } = item;
      const head = waiting.get(stream)?.head;
      const before = head === undefined || belongs(head, item, timed) ? [] : take(stream);
      if (!waiting.has(stream) && item.records.length >= enough) return [...before, item];
      const gathered = hold(item);
      for (const record of item.records) gathered.records.push(record);
      gathered.bytes += item.bytes;
      gathered.notNumbers += item.notNumbers ?? 0;
      bytes += item.bytes;
      if (gathered.records.length >= maxRecords) return [...before, ...take(stream)];
      return bytes >= maxBytes ? [...before, ...take()] : before;
    },
    take,
  };
}

function belongs(head: RecordsItem, item: RecordsItem, timed: boolean): boolean {
  return head.version === item.version && (!timed || head.timeExtracted === item.timeExtracted);
}

function itemOf({ head, records, bytes, notNumbers }: Gathered): RecordsItem {
  const { notNumbers: _, ...rest } = head;
  return { ...rest, records, bytes, ...(notNumbers === 0 ? {} : { notNumbers }) };
}
