import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { type CursorOptions, createCursor } from './cursor.ts';

const day = 86_400_000;

function cursor(more: Partial<CursorOptions>, property: JsonObject = { type: 'string', format: 'date' }) {
  return createCursor({
    stream: 's',
    schema: { properties: { at: property } },
    replicationKey: 'at',
    sorted: false,
    previous: undefined,
    startedAt: Date.UTC(2024, 0, 5),
    startDate: '2024-01-01',
    ...more,
  });
}

const spans = (more: Partial<CursorOptions>, property?: JsonObject) =>
  [...cursor(more, property).windows()].map(({ start, end }) => `${String(start)}..${String(end)}`);

test('windows meet, or end a granularity before the next, the last one not', () => {
  expect(spans({ windows: 2 * day })).toEqual(['2024-01-01..2024-01-03', '2024-01-03..2024-01-05']);
  expect(spans({ windows: 2 * day, granularity: day })).toEqual([
    '2024-01-01..2024-01-02',
    '2024-01-03..2024-01-05',
  ]);
  // A window never ends before it begins.
  expect(spans({ windows: day, granularity: 3 * day }).slice(0, 2)).toEqual([
    '2024-01-01..2024-01-01',
    '2024-01-02..2024-01-02',
  ]);
});

test('a window that is finished counts up to where the next begins', () => {
  const at = cursor({ windows: 2 * day, granularity: day });
  const [first] = at.windows();
  if (first !== undefined) at.finish(first);
  expect(at.current()).toEqual({ replication_key: 'at', replication_key_value: '2024-01-03' });
});

test('a function says where a window ends', () => {
  const nextMonth = (start: number) => new Date(start).setUTCMonth(new Date(start).getUTCMonth() + 1);
  expect(spans({ windows: nextMonth, startedAt: Date.UTC(2024, 2, 10) })).toEqual([
    '2024-01-01..2024-02-01',
    '2024-02-01..2024-03-01',
    '2024-03-01..2024-03-10',
  ]);
});

test('older records are left out, or kept where the source selects', () => {
  const admitted = (more: Partial<CursorOptions>) =>
    ['2023-12-31', '2024-01-02'].map((at) => cursor(more).admit({ at }));
  expect(admitted({})).toEqual([false, true]);
  expect(admitted({ keepsOlder: true })).toEqual([true, true]);
  const kept = cursor({ keepsOlder: true });
  kept.admit({ at: '2023-12-31' });
  expect(kept.final()).toBeUndefined();
});

test.each<[readonly string[], JsonValue, JsonValue, JsonValue, string]>([
  [['%d.%m.%Y'], '31.12.2023', '01.02.2024', '02.01.2024', '03.01.2024..05.01.2024'],
  [['%Y%m%d'], 20_231_231, '20240201', '20240102', '20240103..20240105'],
  [['%s', '%d.%m.%Y'], '31.12.2023', '1706745600', '02.01.2024', '1704240000..1704412800'],
])('times written as %j are in their order', (timeFormats, old, late, early, last) => {
  const type = { type: 'string' };
  const at = cursor({ timeFormats, startedAt: Date.UTC(2024, 5, 1) }, type);
  expect([old, late, early].map((value) => at.admit({ at: value }))).toEqual([false, true, true]);
  // The value stays as the source wrote it.
  expect(at.final()).toEqual({ replication_key: 'at', replication_key_value: late });
  expect(spans({ timeFormats, windows: 2 * day }, type).at(-1)).toBe(last);
  const overlap = cursor({ timeFormats, overlap: day, previous: at.final() }, type);
  expect(overlap.admit({ at: early })).toBe(false);
});
