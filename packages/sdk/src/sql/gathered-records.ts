import type { JsonObject } from '@meltano/foundation/json';
import type { RecordsItem } from '../connector.ts';

/** As the record lane has it; what is as large as that already is not copied. */
const maxRecords = 2_000;
const maxBytes = 1_000_000;
const enough = 500;

/** When each of some records was read, as RFC 3339; undefined where their messages do not say. */
export type RecordTimes = readonly (string | undefined)[];

/** Records of one stream and version; `times` where they were not read at one time, and that matters. */
export interface GatheredItem extends RecordsItem {
  readonly times?: RecordTimes;
}

/**
 * Records of many streams by turns, as parents and their children come, put together by stream: every write to a
 * table costs the same, however few its rows are. Records of one stream keep their order.
 */
export interface GatheredRecords {
  /** Records of the stream that wait. */
  waiting(stream: string): number;
  /** What is to be written now, before or with the item. `timed`: the stream keeps the times of its items. */
  add(item: RecordsItem, timed: boolean): readonly GatheredItem[];
  /** All that waits, of one stream or of every one. */
  take(stream?: string): readonly GatheredItem[];
}

interface Gathered {
  readonly head: RecordsItem;
  readonly records: JsonObject[];
  times: (string | undefined)[] | undefined;
  bytes: number;
  notNumbers: number;
}

export function createGatheredRecords(): GatheredRecords {
  const waiting = new Map<string, Gathered>();
  let bytes = 0;

  const take = (stream?: string): readonly GatheredItem[] => {
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
    const gathered: Gathered = { head: item, records: [], times: undefined, bytes: 0, notNumbers: 0 };
    waiting.set(item.stream, gathered);
    return gathered;
  };

  return {
    waiting: (stream) => waiting.get(stream)?.records.length ?? 0,
    add(item, timed) {
      const { stream } = item;
      const head = waiting.get(stream)?.head;
      const before = head === undefined || head.version === item.version ? [] : take(stream);
      if (!waiting.has(stream) && item.records.length >= enough) return [...before, item];
      const gathered = hold(item);
      if (timed) noteTimes(gathered, item);
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

/** Before its records are added. */
function noteTimes(gathered: Gathered, { timeExtracted, records }: RecordsItem): void {
  const { head } = gathered;
  if (gathered.times === undefined && timeExtracted === head.timeExtracted) return;
  gathered.times ??= gathered.records.map(() => head.timeExtracted);
  for (const _ of records) gathered.times.push(timeExtracted);
}

function itemOf({ head, records, times, bytes, notNumbers }: Gathered): GatheredItem {
  const { notNumbers: _, ...rest } = head;
  return {
    ...rest,
    records,
    ...(times === undefined ? {} : { times }),
    bytes,
    ...(notNumbers === 0 ? {} : { notNumbers }),
  };
}
