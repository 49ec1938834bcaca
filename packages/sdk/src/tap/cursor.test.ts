import { ExactNumber, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { type CursorOptions, createCursor } from './cursor.ts';

const time: JsonObject = { type: 'string', format: 'date-time' };
const number: JsonObject = { type: 'integer' };

function bookmark(
  property: JsonObject,
  more: { readonly sorted?: boolean; readonly previous?: JsonValue; readonly startedAt?: number } & Partial<
    Pick<CursorOptions, 'epoch' | 'rereads' | 'onUnplaced' | 'startDate'>
  > = {},
) {
  return createCursor({
    stream: 's',
    schema: { properties: { at: property } },
    replicationKey: 'at',
    sorted: more.sorted ?? false,
    previous:
      more.previous === undefined
        ? undefined
        : { replication_key: 'at', replication_key_value: more.previous },
    startedAt: more.startedAt ?? Date.UTC(2030, 0, 1),
    epoch: more.epoch,
    rereads: more.rereads,
    onUnplaced: more.onUnplaced,
    startDate: more.startDate,
  });
}

const value = (at: JsonValue) => ({ replication_key: 'at', replication_key_value: at });

test('a sorted stream moves along, an unsorted one only at its end', () => {
  const sorted = bookmark(number, { sorted: true });
  const unsorted = bookmark(number);
  for (const at of [1, 2]) {
    sorted.admit({ at });
    unsorted.admit({ at });
  }
  expect(sorted.current()).toEqual(value(2));
  expect(unsorted.current()).toBeUndefined();
  expect(unsorted.final()).toEqual(value(2));
});

test('never moves backwards', () => {
  const at = bookmark(number, { previous: 10 });
  expect(at.admit({ at: 9 })).toBe(false);
  expect(at.final()).toEqual(value(10));
  const empty = bookmark(number, { previous: 10 });
  expect(empty.final()).toEqual(value(10));
});

test('reads equal values again and keeps records without a value', () => {
  const at = bookmark(number, { previous: 10 });
  expect([{ at: 10 }, { at: 11 }, { at: null }, {}].map((record) => at.admit(record))).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test.each([
  ['times by instant', time, '2024-01-01T00:30:00+01:00', '2024-01-01T00:00:00Z', false],
  [
    'equal instants of different spelling as equal',
    time,
    '2024-01-01T01:00:00+01:00',
    '2024-01-01T00:00:00Z',
    true,
  ],
  ['numbers by value, not as text', number, 9, 10, false],
  [
    'numbers beyond 2^53',
    number,
    new ExactNumber('9007199254740993'),
    new ExactNumber('9007199254740992'),
    true,
  ],
  ['text by code', { type: 'string' }, 'b', 'a', true],
  ['whole numbers that are texts as numbers', { type: 'string' }, '100', '99', true],
  ['them the other way round', { type: 'string' }, '99', '100', false],
  ['a number with the text of one', number, 100, '99', true],
  ['a number with a text that is none not at all', number, 100, 'abc', true],
])('compares %s', (_, property, seen, previous, admitted) => {
  expect(bookmark(property, { previous }).admit({ at: seen })).toBe(admitted);
});

test('of an unsorted stream is capped at the start of the run', () => {
  const at = bookmark(time, { startedAt: Date.UTC(2024, 0, 1) });
  at.admit({ at: '2024-06-01T00:00:00Z' });
  expect(at.final()).toEqual(value('2024-01-01T00:00:00.000Z'));
});

test('of a sorted stream is not moved far beyond the run by one wrong year', () => {
  for (const [property, times, reached] of [
    [time, ['2024-01-01T00:00:00Z', '2099-01-01T00:00:00Z'], '2024-01-01T00:00:00Z'],
    // Clocks, and zones that are not written, differ by hours.
    [time, ['2024-01-01T00:00:00Z', '2024-01-01T20:00:00Z'], '2024-01-01T20:00:00Z'],
  ] as const) {
    const at = bookmark(property, { sorted: true, startedAt: Date.UTC(2024, 0, 1) });
    for (const each of times) at.admit({ at: each });
    expect([at.current(), at.final()]).toEqual([value(reached), value(reached)]);
  }
  const seconds = bookmark(number, { sorted: true, epoch: 'seconds', startedAt: 1_000_000 });
  for (const at of [900, 4_000_000_000]) seconds.admit({ at });
  expect(seconds.final()).toEqual(value(900));
});

test('is found in texts that count since the epoch', () => {
  const at = bookmark(
    { type: 'string' },
    { epoch: 'seconds', previous: '1700000000', startDate: '2020-01-01' },
  );
  expect(at.start).toBe('1700000000');
  expect(['1699999999', '1700000001'].map((each) => at.admit({ at: each }))).toEqual([false, true]);
  expect(at.final()).toEqual(value('1700000001'));
});

test.each(['31.12.2023', '12/31/2023 10:00', 'Sun, 31 Dec 2023 10:00:00 GMT'])(
  'a time whose text is in no order is refused: %s',
  (at) => {
    expect(() => bookmark({ type: 'string' }).admit({ at })).toThrow(
      expect.objectContaining({ code: 'tap.unordered_replication_key' }),
    );
  },
);

test('tells of records that have no place in the order', () => {
  const told: string[] = [];
  const at = bookmark(time, { onUnplaced: (reason) => void told.push(reason) });
  for (const each of [null, '2024/01/01', 'infinity', 7, '2024-01-01T00:00:00Z']) at.admit({ at: each });
  expect(told).toEqual(['missing', 'unreadable', 'unreadable']);
});

test('what lies before it is read again for others, from the start date on', () => {
  const at = bookmark(time, { previous: '2024-03-01T00:00:00Z', rereads: true, startDate: '2024-02-01' });
  expect(at.start).toBe('2024-02-01');
  const months = ['2024-01-15', '2024-02-15', '2024-03-15'].map((day) => ({ at: `${day}T00:00:00Z` }));
  expect(months.map((record) => at.admit(record))).toEqual([false, false, true]);
  expect(months.map((record) => at.isReread(record))).toEqual([false, true, true]);
  expect(at.final()).toEqual(value('2024-03-15T00:00:00Z'));
});

test('of another replication key does not count', () => {
  const at = createCursor({
    stream: 's',
    schema: { properties: { at: number } },
    replicationKey: 'at',
    sorted: true,
    previous: { replication_key: 'other', replication_key_value: 99 },
    startedAt: 0,
  });
  expect(at.start).toBeUndefined();
  expect(at.admit({ at: 1 })).toBe(true);
});

test('a stream that is not as sorted as it says fails', () => {
  const at = bookmark(number, { sorted: true });
  at.admit({ at: 2 });
  expect(() => at.admit({ at: 1 })).toThrow('says that it is sorted');
});

test.each(['garbage', '2024-13-45T00:00:00Z', 20_240_101])(
  'refuses %j as the bookmark of a time',
  (previous) => {
    expect(() => bookmark(time, { previous })).toThrow(
      expect.objectContaining({ code: 'tap.invalid_bookmark' }),
    );
  },
);

test('in the order of the source the last value counts, whatever it is compared with here, and all are admitted', () => {
  const cursor = createCursor({
    stream: 's',
    schema: { properties: { at: { type: 'string' } } },
    replicationKey: 'at',
    sorted: true,
    inSourceOrder: true,
    previous: value('9.50'),
    startedAt: 0,
  });
  expect(cursor.final()).toEqual(value('9.50'));
  for (const at of ['9.50', '10.50', '100.00']) expect(cursor.admit({ at })).toBe(true);
  expect(cursor.current()).toEqual(value('100.00'));
  // Nothing comes after infinity: it is read each time, and covers nothing.
  for (const at of [null, 'infinity']) expect(cursor.admit({ at })).toBe(true);
  expect(cursor.final()).toEqual(value('100.00'));
});
