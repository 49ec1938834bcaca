import { describe, expect, test } from 'vitest';
import { expandEnv, expandEnvChain } from './env-chain.ts';

const expand = (env: Record<string, string | number | null>, above: Record<string, string> = {}) =>
  expandEnv(env, above, false);

describe('references inside one mapping', () => {
  test('to an earlier and to a later neighbour', () => {
    expect(expand({ TOP: 'top', NEST: '${TOP}-n', LATE: '$LAST!', LAST: 'z${NEST}' })).toEqual({
      TOP: 'top',
      NEST: 'top-n',
      LATE: 'ztop-n!',
      LAST: 'ztop-n',
    });
  });
  test('to itself, and where a circle closes, mean the level above', () => {
    expect(expand({ PATH: '/x:$PATH' }, { PATH: '/bin' })).toEqual({ PATH: '/x:/bin' });
    expect(expand({ A: 'a$B', B: 'b$A' }, { A: 'above' })).toEqual({ A: 'ababove', B: 'bababove' });
  });
  test('a neighbour hides the level above; one that is null leaves it', () => {
    expect(expand({ A: 'here', X: '$A', N: null, Y: '$N' }, { A: 'above', N: 'n' })).toEqual({
      A: 'here',
      X: 'here',
      Y: 'n',
    });
  });
  test('what was expanded is not read again', () => {
    expect(expand({ A: '\\$B', B: 'b', C: '$A' })).toEqual({ A: '$B', B: 'b', C: '$B' });
  });
  test('in strict mode a neighbour is set', () => {
    expect(expandEnv({ A: 1, B: '$A' }, {}, true)).toEqual({ A: '1', B: '1' });
    expect(() => expandEnv({ B: '$NO' }, {}, true)).toThrow("'NO' referenced but not set");
  });
});

test('each level of the chain sees its own and those above', () => {
  const own = (name: string) => ({ [name]: `${name}-$V`, V: `${name}:$V` });
  expect(
    expandEnvChain({
      process: { V: 'p' },
      root: own('R'),
      generated: {},
      environment: own('E'),
      plugin: own('P'),
      environmentPlugin: own('Q'),
      strict: false,
    }),
  ).toEqual({
    root: { R: 'R-R:p', V: 'R:p' },
    environment: { E: 'E-E:R:p', V: 'E:R:p' },
    plugin: { P: 'P-P:E:R:p', V: 'P:E:R:p' },
    environmentPlugin: { Q: 'Q-Q:P:E:R:p', V: 'Q:P:E:R:p' },
  });
});
