import { expect, test } from 'vitest';
import { assertInterval, cronInterval, isValidInterval } from './cron.ts';

test('aliases stand for cron expressions, others pass', () => {
  expect(cronInterval('@daily')).toBe('0 0 * * *');
  expect(cronInterval('@once')).toBeNull();
  expect(cronInterval('5 4 * * *')).toBe('5 4 * * *');
});

test.each([
  '0 0 * * *',
  '*/5 1-3 ? JAN-mar SUN',
  '0 0 L * ?',
  '1,99 * * * *',
  '0 0 * * fri-mon',
  '0 0 * * 7',
  '@manual',
  '10/5 * * * *',
])('%s is an interval', (text) => expect(isValidInterval(text)).toBe(true));

test.each([
  '60 * * * *',
  '* * * *',
  '* * * * * *',
  'x',
  '0 24 * * *',
  '0 0 0 * *',
  '0 0 * 13 *',
  '5-1 * * * *',
  '*/0 * * * *',
  '@often',
  '',
])('%j is none', (text) => {
  expect(isValidInterval(text)).toBe(false);
  expect(() => assertInterval(text)).toThrow(`Invalid Cron expression or alias: '${text}'`);
});
