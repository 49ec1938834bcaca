import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { s } from '../schema/schema.ts';
import { defineTap } from '../tap/define-tap.ts';
import { defineStream } from '../tap/stream.ts';
import { runConnectorProgram } from '../testing/program-run.ts';
import { fileTokenStore } from './token-store.ts';

const row = s.object({ id: s.integer() });
const stream = (name: string, records: () => Iterable<{ id: number }>, selectedByDefault = true) =>
  defineStream({ name, schema: row, keys: ['id'], selectedByDefault, records });

const tap = defineTap({
  name: 'tap-x',
  label: 'X',
  description: 'Reads X',
  version: '1.2.3',
  config: defineConfig({}),
  streams: [
    stream('many', () => Array.from({ length: 5 }, (_, id) => ({ id }))),
    stream('hidden', () => [{ id: 7 }], false),
    stream('empty', () => []),
  ],
});

const lines = (text: string) =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as JsonObject]));
const shape = (text: string) =>
  lines(text).map(({ type, stream: name }) => `${String(type)} ${String(name)}`);

test('--test tries a record of every stream, selected or not, and prints no state', async () => {
  const run = await runConnectorProgram(tap, { args: ['--test'] });
  expect(run.code).toBe(0);
  expect(shape(run.stdout)).toEqual([
    'SCHEMA many',
    'RECORD many',
    'SCHEMA hidden',
    'RECORD hidden',
    'SCHEMA empty',
  ]);
  expect(run.stderr).toContain('Stream empty: ok, but it has no records');
});

test('--test=schema reads nothing', async () => {
  const run = await runConnectorProgram(tap, { args: ['--test=schema'] });
  expect(shape(run.stdout)).toEqual(['SCHEMA many', 'SCHEMA hidden', 'SCHEMA empty']);
});

test('--test goes on after a stream that fails, and fails', async () => {
  const broken = stream('broken', () => {
    throw new Error('no such host');
  });
  const two = defineTap({
    name: 'tap-y',
    label: 'Y',
    description: 'Reads Y',
    version: '1',
    config: defineConfig({}),
    streams: [broken, stream('fine', () => [{ id: 1 }])],
  });
  const run = await runConnectorProgram(two, { args: ['--test', '--config', 'ENV'] });
  expect(run.code).toBe(1);
  expect(shape(run.stdout)).toContain('RECORD fine');
  expect(run.stderr).toContain('no such host');
  expect(run.stderr).toContain('1 of 2 streams failed: broken');
});

test('--max-records cuts each stream off, --dry-run prints nothing but counts', async () => {
  const cut = await runConnectorProgram(tap, { args: ['--max-records', '2'] });
  expect(shape(cut.stdout).filter((line) => line === 'RECORD many')).toHaveLength(2);
  const dry = await runConnectorProgram(tap, { args: ['--dry-run'] });
  expect([dry.code, dry.stdout]).toEqual([0, '']);
  expect(dry.stderr).toContain('"value":5,"tags":{"stream":"many"}');
});

test.each([['--test=sometimes'], ['--max-records=0'], ['--max-records=many']])(
  'refuses %s',
  async (option) => {
    const run = await runConnectorProgram(tap, { args: [option] });
    expect(run.code).toBe(2);
  },
);

test('tokens are kept in a file that nobody else may read, one save after the other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tokens-'));
  try {
    const path = join(folder, 'new', 'tokens.json');
    const store = fileTokenStore(path);
    expect(await store.load('a')).toBeUndefined();
    await Promise.all([store.save('a', '1'), store.save('b', '2'), store.save('a', '3')]);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ a: '3', b: '2' });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await fileTokenStore(path).load('a')).toBe('3');
    await writeFile(path, '{"a": "s3cret"');
    await expect(fileTokenStore(path).load('a')).rejects.toMatchObject({
      code: 'host.token_store',
      message: `The file ${path}, which keeps tokens, cannot be used: it is not a JSON object`,
      hint: expect.stringContaining('restore it from a copy') as string,
    });
    await expect(fileTokenStore(folder).load('a')).rejects.toMatchObject({
      hint: expect.stringContaining('can read') as string,
    });
    await expect(fileTokenStore(join(path, 'x')).save('a', '1')).rejects.toMatchObject({
      code: 'host.token_store',
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
