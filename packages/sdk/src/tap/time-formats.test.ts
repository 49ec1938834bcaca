import { ExactNumber } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { timeFormats } from './time-formats.ts';

const moment = Date.UTC(2024, 1, 10, 1, 2, 3, 45);

test.each([
  ['%d/%m/%Y %H:%M', '10/02/2024 01:02', Date.UTC(2024, 1, 10, 1, 2)],
  ['%Y%m%d', '20240210', Date.UTC(2024, 1, 10)],
  ['%Y-%m-%d %H:%M:%S.%_ms%z', '2024-02-10 01:02:03.045+0000', moment],
  ['%s', 1_707_526_923, Math.floor(moment / 1_000) * 1_000],
  ['%ms', moment, moment],
  ['%epoch_microseconds', moment * 1_000, moment],
  ['%s_as_float', moment / 1_000, moment],
])('%s is written as %j, and read back', (format, text, ms) => {
  const { parse, write } = timeFormats([format]);
  expect(write(moment)).toEqual(text);
  expect(parse(text)).toBe(BigInt(ms) * 1_000n);
  expect(parse(String(text))).toBe(BigInt(ms) * 1_000n);
});

test('the first that fits counts, then RFC 3339; what is no time is none', () => {
  const { parse } = timeFormats(['%Y%m%d', '%s', '%d.%m.%Y']);
  const day = BigInt(Date.UTC(2024, 1, 10)) * 1_000n;
  for (const text of ['20240210', 20_240_210, '1707523200', '10.02.2024', '2024-02-10T00:00:00Z'])
    expect([text, parse(text)]).toEqual([text, day]);
  expect(parse(new ExactNumber('1707523200'))).toBe(day);
  for (const value of [null, undefined, true, {}, 'soon', '99.99.2024']) expect(parse(value)).toBeUndefined();
});

test('a time with an offset is the moment that it says', () => {
  expect(timeFormats(['%d.%m.%Y %H:%M %z']).parse('10.02.2024 01:00 +0100')).toBe(
    BigInt(Date.UTC(2024, 1, 10)) * 1_000n,
  );
});
