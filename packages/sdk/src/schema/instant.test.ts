import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFinerThanMicroseconds, parseDay, parseInstant, parseTimeOfDay } from './instant.ts';

test('agrees with the host on every instant it can say', () => {
  const times = fc.date({
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(times, (time) => {
      expect(parseInstant(time.toISOString())).toBe(BigInt(time.getTime()) * 1000n);
    }),
  );
});

test.each([
  ['2024-01-01T02:00:00+02:00', '2024-01-01T00:00:00Z'],
  ['2024-01-01 02:00:00+0200', '2024-01-01T00:00:00Z'],
  ['2024-01-01T02:00:00+02', '2024-01-01T00:00:00Z'],
  ['2024-01-01T00:00', '2024-01-01T00:00:00Z'],
  ['2024-01-01', '2024-01-01T00:00:00Z'],
  ['2024-01-01t00:00:00z', '2024-01-01T00:00:00Z'],
  ['2024-01-01T00:00:00,5', '2024-01-01T00:00:00.500Z'],
  ['2024-01-01 00:00:00 UTC', '2024-01-01T00:00:00Z'],
  ['2024-01-01 00:00 GMT', '2024-01-01T00:00:00Z'],
])('%s is %s', (text, utc) => {
  expect(parseInstant(text)).toBe(BigInt(Date.parse(utc)) * 1000n);
});

test('keeps microseconds and cuts finer digits', () => {
  expect(parseInstant('1970-01-01T00:00:00.123456789Z')).toBe(123_456n);
  expect(parseInstant('1969-12-31T23:59:59.999999Z')).toBe(-1n);
  expect(isFinerThanMicroseconds('1970-01-01T00:00:00.123456789Z')).toBe(true);
  expect(isFinerThanMicroseconds('1970-01-01T00:00:00.123456000Z')).toBe(false);
});

test.each([
  '',
  'today',
  '2024-02-30T00:00:00Z',
  '2023-02-29',
  '2024-13-01',
  '2024-01-01T24:00:00Z',
  '2024-01-01T00:60:00Z',
  '0000-00-00 00:00:00',
])('%j is no instant', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

test('reads days and times of day', () => {
  expect(parseDay('1970-01-02')).toBe(1);
  expect(parseDay('1969-12-31')).toBe(-1);
  expect(parseDay('1900-02-29')).toBeUndefined();
  expect(parseTimeOfDay('00:00:01.5')).toBe(1_500_000n);
  expect(parseTimeOfDay('24:00')).toBeUndefined();
});
