import { expect, it } from 'vitest';
import { AppError, defineErrors, errorMessage, isAppError } from './errors.ts';

const testError = defineErrors('test', { broken: 'invalid', gone: 'missing' });

it('gives each error the code and category that its area declares', () => {
  const error = testError('gone', { message: 'No such thing: x', hint: 'name another' });
  expect(error).toMatchObject({ code: 'test.gone', category: 'missing', hint: 'name another' });
  expect(isAppError(error)).toBe(true);
  expect(error).toBeInstanceOf(AppError);
});

it('keeps the cause', () => {
  const cause = new Error('inner');
  expect(testError('broken', { message: 'outer', cause }).cause).toBe(cause);
});

it('has words for whatever was thrown', () => {
  expect(isAppError(new Error('x'))).toBe(false);
  expect(errorMessage('text')).toBe('text');
  expect(errorMessage(new TypeError(''))).toBe('TypeError');
  expect(errorMessage(undefined)).toContain('unknown failure');
});
