import { ExactNumber, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { createCursor } from './cursor.ts';

const time: JsonObject = { type: 'string', format: 'date-time' };
const number: JsonObject = { type: 'integer' };

function bookmark(
  property: JsonObject,
  more: { readonly sorted?: boolean; readonly previous?: JsonValue; readonly startedAt?: number } = {},
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
])('compares %s', (_, property, seen, previous, admitted) => {
  expect(bookmark(property, { previous }).admit({ at: seen })).toBe(admitted);
});

test('of an unsorted stream is capped at the start of the run', () => {
  const at = bookmark(time, { startedAt: Date.UTC(2024, 0, 1) });
  at.admit({ at: '2024-06-01T00:00:00Z' });
  expect(at.final()).toEqual(value('2024-01-01T00:00:00.000Z'));
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
