import { expect, test } from 'vitest';
import { assertRequiresMeltano } from './requires-meltano.ts';

test.each([undefined, '', '>=4.0', '>=4,<5', '~=4.4', '==4.*', '!=4.0', '==4.4.1', '>=3.5.0, <6'])(
  '%j is met',
  (specifier) => {
    expect(() => assertRequiresMeltano(specifier)).not.toThrow();
  },
);

test.each(['>=5', '<4', '==4.4.0', '>=4,<4.4'])('%j is not met', (specifier) => {
  expect(() => assertRequiresMeltano(specifier)).toThrow(
    `You're using 4.4.1, but this project requires ${specifier}`,
  );
});

test('what is no specifier is said to be none', () => {
  expect(() => assertRequiresMeltano('four')).toThrow('is not a version specifier');
});
