import { expect, it } from 'vitest';
import { thrownAt } from './thrown-at.ts';

function withStack(kind: ErrorConstructor, ...frames: readonly string[]): Error {
  return Object.assign(new kind('no'), {
    stack: ['Error: no', ...frames.map((frame) => `    at ${frame}`)].join('\n'),
  });
}

const own = 'write (file:///home/ann/tap%20x/src/sink.ts:31:12)';

it('is the first place outside of this program and its host', () => {
  const frames = [
    'Array.map (<anonymous>)',
    'node:internal/process/task_queues:103:5',
    'async load (/app/node_modules/@meltano/sdk/dist/target/load-sinks.js:10:1)',
    'async run (file:///usr/lib/node_modules/meltano/dist/cli.js:1:2)',
    own,
    'file:///home/ann/other.ts:1:1',
  ];
  expect(thrownAt(withStack(TypeError, ...frames))).toBe('/home/ann/tap%20x/src/sink.ts:31:12');
  expect(thrownAt(withStack(TypeError, 'async C:\\taps\\sink.ts:3:4'))).toBe('C:\\taps\\sink.ts:3:4');
  expect(thrownAt(withStack(RangeError, 'deep (C:\\taps\\sink.ts:3:4)'))).toBe('C:\\taps\\sink.ts:3:4');
});

it('is told of mistakes only', () => {
  expect(thrownAt(withStack(Error, own))).toBeUndefined();
  expect(thrownAt('no')).toBeUndefined();
  expect(thrownAt(withStack(SyntaxError, 'node:vm:1:1'))).toBeUndefined();
});
