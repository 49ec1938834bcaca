import { expect, test } from 'vitest';
import type { RecordsItem } from '../connector.ts';
import { createGatheredRecords } from './gathered-records.ts';

const item = (stream: string, ids: readonly number[], more: Partial<RecordsItem> = {}): RecordsItem => ({
  kind: 'records',
  stream,
  records: ids.map((id) => ({ id })),
  bytes: ids.length,
  ...more,
});
const range = (length: number, from = 0) => Array.from({ length }, (_, at) => from + at);
const shown = (items: readonly RecordsItem[]) =>
  items.map(({ stream, records }) => [stream, ...records.map((record) => record['id'])]);

test('records of streams by turns are put together by stream, each in its order', () => {
  const gathered = createGatheredRecords();
  for (const id of range(3)) {
    expect(gathered.add(item('a', [id], { notNumbers: 1 }), false)).toEqual([]);
    expect(gathered.add(item('b', [id]), false)).toEqual([]);
  }
  expect(gathered.waiting('a')).toBe(3);
  expect(gathered.take('a')).toEqual([item('a', range(3), { notNumbers: 3 })]);
  expect(shown(gathered.take())).toEqual([['b', 0, 1, 2]]);
  expect(gathered.take()).toEqual([]);
});

test('what waits goes before what it cannot be put together with, and before what is large by itself', () => {
  const gathered = createGatheredRecords();
  gathered.add(item('a', [1], { version: 1 }), false);
  expect(shown(gathered.add(item('a', [2], { version: 2 }), false))).toEqual([['a', 1]]);
  const large = item('a', range(500), { version: 3 });
  const [before, same] = gathered.add(large, false);
  expect(before?.records).toEqual([{ id: 2 }]);
  expect(same).toBe(large);
});

test('each record keeps its time, where the stream keeps times and they differ', () => {
  const read = (ids: readonly number[], timeExtracted?: string) =>
    item('a', ids, timeExtracted === undefined ? {} : { timeExtracted });
  const gathered = createGatheredRecords();
  for (const timed of [true, false]) {
    for (const each of [read([1, 2], 'noon'), read([3], 'noon'), read([4, 5]), read([6], 'night')])
      expect(gathered.add(each, timed)).toEqual([]);
    const [all] = gathered.take();
    expect(all?.times).toEqual(timed ? ['noon', 'noon', 'noon', undefined, undefined, 'night'] : undefined);
  }
  for (const id of [1, 2]) gathered.add(read([id], 'noon'), true);
  expect(gathered.take()).toEqual([read([1, 2], 'noon')]);
});

test('no more waits than a batch holds, in records of one stream and in bytes of all', () => {
  const gathered = createGatheredRecords();
  const counts = range(2_000).map((id) => gathered.add(item('a', [id]), false).length);
  expect(counts.indexOf(1)).toBe(1_999);
  for (const at of range(9)) expect(gathered.add(item(`s${at}`, [1], { bytes: 110_000 }), false)).toEqual([]);
  expect(gathered.add(item('last', [1], { bytes: 110_000 }), false)).toHaveLength(10);
  expect(gathered.take()).toEqual([]);
});
