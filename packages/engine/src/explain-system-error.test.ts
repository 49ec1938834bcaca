import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppError, isAppError } from '@meltano/foundation/errors';
import { afterAll, expect, it } from 'vitest';
import { explainSystemError } from './explain-system-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'system-error-'));
afterAll(() => rmSync(folder, { recursive: true }));

function explained(path: string): AppError {
  try {
    openSync(path, 'w');
  } catch (error) {
    const found = explainSystemError(error);
    if (isAppError(found)) return found;
  }
  throw new Error(`${path} could be opened, or was not explained`);
}

it('a name that is too long: what was done, with a part of the path, and what to do', () => {
  const error = explained(join(folder, 'x'.repeat(300)));
  expect(error.message).toMatch(/^open of .*…x+: the name is too long \(ENAMETOOLONG\)$/);
  expect(error.message.length).toBeLessThan(250);
  expect(error.hint).toContain('shorter');
});

it('a path that is a folder, in both lines', () => {
  const error = explained(folder);
  expect(error.message).toBe(`open of ${folder}: it is a folder (EISDIR)`);
  expect(error.hint).toContain(folder);
});

it.each(['EMFILE', 'ENOSPC', 'EACCES', 'EROFS', 'EAGAIN', 'ENOMEM'])(
  '%s has a hint without a path, too',
  (code) => {
    const error = explainSystemError(Object.assign(new Error(code), { code, syscall: 'spawn' }));
    expect(isAppError(error) && error.hint).toBeTruthy();
    expect(isAppError(error) && error.message).toMatch(/^spawn: /);
  },
);

it('a program that cannot be started is named once', () => {
  const cause = { code: 'EMFILE', syscall: 'spawn /bin/tap', path: '/bin/tap' };
  const error = explainSystemError(Object.assign(new Error('spawn /bin/tap EMFILE'), cause));
  expect(isAppError(error) && error.message).toBe('spawn of /bin/tap: too many files are open (EMFILE)');
});

it('a file that is not there explains itself, a folder that cannot be made does not', () => {
  const missing = { code: 'ENOENT', path: '/proc/x' };
  const read = Object.assign(new Error('x'), missing, { syscall: 'open' });
  expect(explainSystemError(read)).toBe(read);
  expect(explainSystemError(Object.assign(new Error('x'), missing, { syscall: 'mkdir' }))).toMatchObject({
    message: 'mkdir of /proc/x: no folder can be made there (ENOENT)',
    hint: 'Name a folder elsewhere instead of /proc/x',
  });
});

it('a read that would have to wait is no lack of processes', () => {
  const error = Object.assign(new Error('x'), { code: 'EAGAIN', syscall: 'read' });
  expect(explainSystemError(error)).toBe(error);
});

it.each([new Error('x'), Object.assign(new Error('x'), { code: 'ENOSPC' }), 'text', undefined])(
  'what is no failed operation stays as it is',
  (error) => {
    expect(explainSystemError(error)).toBe(error);
  },
);

it('a code without an explanation stays as it is', () => {
  const error = Object.assign(new Error('x'), { code: 'EXDEV', syscall: 'rename' });
  expect(explainSystemError(error)).toBe(error);
});
