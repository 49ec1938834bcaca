import { expect, it } from 'vitest';
import { cannotStart } from './cannot-start.ts';
import { runError } from './errors.ts';

it('an operation that the system refused is explained, with what to do', () => {
  const refused = { code: 'EMFILE', syscall: 'spawn tap', path: 'tap' };
  const error = cannotStart('plugin tap-x', Object.assign(new Error('spawn tap EMFILE'), refused));
  expect(error.message).toBe('Cannot start plugin tap-x: spawn of tap: too many files are open (EMFILE)');
  expect(error.hint).toContain('ulimit -n');
});

it('an error keeps its code and its hint', () => {
  const cause = runError('cannot_start', { message: 'no', hint: 'do this' });
  expect(cannotStart('loader', cause)).toMatchObject({
    code: 'run.cannot_start',
    message: 'Cannot start loader: no',
    hint: 'do this',
  });
});

it('anything else that was thrown is told', () => {
  expect(cannotStart('extractor', new Error('odd')).message).toBe('Cannot start extractor: odd');
});
