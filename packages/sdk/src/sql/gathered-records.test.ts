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

test('times keep records apart only where the stream keeps them', () => {
  for (const [timed, expected] of [
    [true, [['a', 1]]],
    [false, []],
  ] as const) {
    const gathered = createGatheredRecords();
    gathered.add(item('a', [1], { timeExtracted: '2024-01-01T00:00:00Z' }), timed);
    expect(shown(gathered.add(item('a', [2], { timeExtracted: '2024-01-02T00:00:00Z' }), timed))).toEqual(
      expected,
    );
  }
});

test('no more waits than a batch holds, in records of one stream and in bytes of all', () => {
  const gathered = createGatheredRecords();
  const counts = range(2_000).map((id) => gathered.add(item('a', [id]), false).length);
  expect(counts.indexOf(1)).toBe(1_999);
  for (const at of range(9)) expect(gathered.add(item(`s${at}`, [1], { bytes: 110_000 }), false)).toEqual([]);
  expect(gathered.add(item('last', [1], { bytes: 110_000 }), false)).toHaveLength(10);
  expect(gathered.take()).toEqual([]);
});
