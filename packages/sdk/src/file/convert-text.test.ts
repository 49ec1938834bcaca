import { expect, test } from 'vitest';
import { textConverter } from './convert-text.ts';

test.each([
  ['2024-01-02 03:04:05', '2024-01-02T03:04:05Z'],
  ['2024-01-02 03:04:05.123456789', '2024-01-02T03:04:05.123456789Z'],
  ['2024-01-02 03:04', '2024-01-02T03:04:00Z'],
  ['2024-01-02T03:04:05', '2024-01-02T03:04:05Z'],
  ['2024-01-02', '2024-01-02T00:00:00Z'],
  ['2024-01-02 03:04:05,5 +0130', '2024-01-02T03:04:05.5+01:30'],
  ['2024-01-02 03:04:05-08', '2024-01-02T03:04:05-08:00'],
  [' 2024-01-02 03:04:05 ', '2024-01-02T03:04:05Z'],
  ['2024-01-02T03:04:05.5+01:30', '2024-01-02T03:04:05.5+01:30'],
  ['2024-01-02T03:04:05Z', '2024-01-02T03:04:05Z'],
  ['2024-02-30 03:04:05', '2024-02-30 03:04:05'],
  ['01/02/2024', '01/02/2024'],
  ['infinity', 'infinity'],
  ['', null],
])('%j, a time by its schema, is %j', (text, wanted) => {
  expect(textConverter({ type: ['string', 'null'], format: 'date-time' })?.(text)).toBe(wanted);
});

test('without the format a text that looks like a time stays as it is', () => {
  expect(textConverter({ type: ['string', 'null'] })).toBeUndefined();
  expect(textConverter({ type: 'string', format: 'date' })?.('2024-01-02 03:04:05')).toBe(
    '2024-01-02 03:04:05',
  );
});
