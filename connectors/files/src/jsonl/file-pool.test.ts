import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createFilePool } from './file-pool.ts';

const folder = mkdtempSync(join(tmpdir(), 'file-pool-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('closes the file that was not used for longest, and opens it again', () => {
  const opened: string[] = [];
  const pool = createFilePool(2);
  const use = (name: string) => {
    const path = join(folder, name);
    return pool.use(path, () => {
      opened.push(name);
      return openSync(path, 'a');
    });
  };
  use('a');
  use('b');
  use('a');
  use('c');
  use('a');
  expect(opened).toEqual(['a', 'b', 'c']);
  use('b');
  expect(opened).toEqual(['a', 'b', 'c', 'b']);
});

test('closes what it is told to, and nothing twice', () => {
  const pool = createFilePool(2);
  const path = join(folder, 'closed');
  const file = pool.use(path, () => openSync(path, 'a'));
  pool.close(path);
  expect(() => fstatSync(file)).toThrow('EBADF');
  const other = openSync(path, 'a');
  pool.close(path);
  expect(fstatSync(other).isFile()).toBe(true);
  closeSync(other);
});
