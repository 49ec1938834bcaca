import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findFiles } from './find-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'find-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

for (const name of ['d[1]', 'd[1]/sub', 'd1', '{a,b}']) mkdirSync(join(folder, name));
for (const name of [
  'd[1]/x.csv',
  'd[1]/sub/y.csv',
  'd[1]/z.txt',
  'd1/w.csv',
  '{a,b}/v.csv',
  'q?.csv',
  'qa.csv',
])
  writeFileSync(join(folder, name), 'a\n1\n');

test.each<[string, readonly string[]]>([
  ['d[1]', ['d[1]/sub/y.csv', 'd[1]/x.csv']],
  ['d[1]/', ['d[1]/sub/y.csv', 'd[1]/x.csv']],
  ['d[1]/*.csv', ['d[1]/x.csv']],
  ['d[1]/sub/*', ['d[1]/sub/y.csv']],
  ['d?/*.csv', ['d1/w.csv']],
  ['{a,b}/*.csv', ['{a,b}/v.csv']],
  ['q?.csv', ['q?.csv']],
  ['q*.csv', ['q?.csv', 'qa.csv']],
])('%s', (path, names) => {
  const found = findFiles({ path: join(folder, path), endings: ['.csv'] }).map((file) => file.path);
  expect(found.toSorted()).toEqual(names.map((name) => join(folder, name)).toSorted());
});

test.each(['d[2-9]/*.csv', '*/sub'])('%s matches nothing', (path) => {
  expect(() => findFiles({ path: join(folder, path), endings: ['.csv'] })).toThrow('No file matches');
});

test('what is no file, such as a pipe or a socket, is refused and not waited for', async () => {
  const path = join(folder, 'socket.csv');
  const server = createServer().listen(path);
  await once(server, 'listening');
  try {
    expect(() => findFiles({ path, endings: ['.csv'] })).toThrow(`${path} is neither a file nor a folder`);
  } finally {
    server.close();
  }
});
