import { expect, test } from 'vitest';
import { stateIdFor } from './state-id.ts';

test('environment, pair and suffix', () => {
  const pair = { environment: 'dev', extractor: 'tap-x', loader: 'target-x' };
  expect(stateIdFor({ ...pair, suffix: 'sfx' })).toBe('dev:tap-x-to-target-x:sfx');
  expect(stateIdFor({ ...pair, suffix: '' })).toBe('dev:tap-x-to-target-x');
  expect(() => stateIdFor({ ...pair, suffix: 'a:b' })).toThrow("'a:b' cannot be part of a state id");
  expect(() => stateIdFor({ ...pair, environment: undefined })).toThrow(
    'A state id needs an active environment',
  );
});
