import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareDecimals, parseDecimal, rescale } from './decimal.ts';

test.each([
  ['1.50', { digits: 15n, scale: 1 }],
  ['-0.001', { digits: -1n, scale: 3 }],
  ['1e3', { digits: 1000n, scale: 0 }],
  ['12.5e-2', { digits: 125n, scale: 3 }],
  ['100', { digits: 100n, scale: 0 }],
  ['+7', { digits: 7n, scale: 0 }],
])('%s', (text, decimal) => {
  expect(parseDecimal(text)).toEqual(decimal);
});

test.each(['', '.', 'x', '1,5', '0x10', '1e99999'])('%j is no decimal', (text) => {
  expect(parseDecimal(text)).toBeUndefined();
});

test('every double is read as what it is', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      const decimal = parseDecimal(String(number));
      expect(Number(`${decimal?.digits}e-${decimal?.scale}`)).toBe(number === 0 ? 0 : number);
    }),
  );
});

test('comparing goes by value, whatever the scale', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (a, b) => {
      const left = parseDecimal(`${a}.50`);
      const right = parseDecimal(`${b}.5`);
      if (left === undefined || right === undefined) throw new Error('not read');
      expect(Math.sign(compareDecimals(left, right))).toBe(Math.sign(Number(`${a}.5`) - Number(`${b}.5`)));
    }),
  );
});

test('another scale never loses digits', () => {
  expect(rescale({ digits: 15n, scale: 1 }, 3)).toBe(1500n);
  expect(rescale({ digits: 15n, scale: 1 }, 0)).toBeUndefined();
});
