import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileSchema, schemaProblems } from './validate.ts';

const problems = (schema: Record<string, string | number | readonly string[]>, value: number | string) =>
  schemaProblems(compileSchema(schema), value).map(({ problem }) => problem);

test('a decimal is a multiple of its last place, however many digits it has', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 }), (digits, scale) => {
      const value = Number(`${digits}e-${scale}`);
      expect(problems({ type: 'number', multipleOf: Number(`1e-${scale}`) }, value)).toEqual([]);
    }),
  );
});

test('a number between two multiples is none', () => {
  expect(problems({ type: 'number', multipleOf: 0.01 }, 1.005)).toEqual(['must be multiple of 0.01']);
  expect(problems({ type: 'integer', multipleOf: 3 }, 10)).toEqual(['must be multiple of 3']);
});

test('a time of day needs no offset', () => {
  expect(problems({ type: 'string', format: 'time' }, '12:34:56.789')).toEqual([]);
  expect(problems({ type: 'string', format: 'time' }, 'noon')).toHaveLength(1);
});
