import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findPython, installPackages } from './support/python.ts';

const python = await findPython();
if (python === undefined) process.stderr.write('SKIPPED python-connectors: this machine has no python3\n');

const root = join(import.meta.dirname, '../../..');
const shop = join(import.meta.dirname, 'support/shop');
const order = (region: string, id: number, day: number) => ({
  region,
  id,
  amount: id * 1.5,
  updated_at: `2024-01-0${day}T00:00:00Z`,
});
const first = [order('north', 1, 1), order('north', 2, 2), order('south', 1, 3)];
const later = [...first, order('north', 3, 4), order('south', 2, 2), order('south', 3, 5)];

interface Message {
  readonly type: string;
  readonly record: { readonly region: string; readonly id: number };
  readonly value: unknown;
}

describe.skipIf(python === undefined)('taps and targets of the Meltano SDK for Python', () => {
  const folder = mkdtempSync(join(tmpdir(), 'python-connectors-'));
  const run = promisify(execFile);
  let sdk = '';
  let number = 0;

  const file = (value: unknown): string => {
    const path = join(folder, `${++number}.json`);
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
    return path;
  };
  const taps = {
    python: () => [sdk, join(shop, 'tap_shop.py')],
    native: () => [process.execPath, '--conditions=meltano-source', join(shop, 'tap-shop.ts')],
  };

  /** The messages of a tap as text. */
  const read = async (
    tap: keyof typeof taps,
    rows: readonly unknown[],
    { state, config = {} }: { readonly state?: unknown; readonly config?: object } = {},
  ): Promise<string> => {
    const [command = '', ...args] = taps[tap]();
    args.push('--config', file(config), ...(state === undefined ? [] : ['--state', file(state)]));
    const env = { ...process.env, TAP_SHOP_ROWS: JSON.stringify(rows) };
    return (await run(command, args, { env, cwd: folder })).stdout;
  };
  const parse = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Message);
  const lastState = (text: string) => parse(text).findLast(({ type }) => type === 'STATE')?.value;
  const recordsOf = (text: string) =>
    parse(text).flatMap(({ type, record }) => (type === 'RECORD' ? [`${record.region} ${record.id}`] : []));

  /** Gives messages to a target and returns what it prints. */
  const load = async (target: string, config: object, text: string): Promise<string> => {
    const started = run(target, ['--config', file(config)], { cwd: folder });
    started.child.stdin?.end(text);
    return (await started).stdout;
  };

  beforeAll(async () => {
    const given = process.env['MELTANO_SINGER_SDK'];
    sdk =
      given ||
      join(await installPackages(python ?? '', 'singer-sdk-0.54.9', ['singer-sdk==0.54.9']), 'python');
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['python', 'native'],
    ['native', 'python'],
  ] as const)('what a %s tap has begun, a %s tap goes on with', async (one, other) => {
    const state = lastState(await read(one, first));
    const [continued, own] = [await read(other, later, { state }), await read(one, later, { state })];
    expect(recordsOf(continued)).toEqual(['north 2', 'north 3', 'south 1', 'south 3']);
    expect(recordsOf(continued)).toEqual(recordsOf(own));
    expect(lastState(continued)).toEqual(lastState(own));
  });

  const duckdb = join(root, 'connectors/duckdb/bin/target-duckdb');
  const rowsOf = async (path: string) => {
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(
      "SELECT region || ' ' || id || ' ' || amount AS v FROM orders ORDER BY region, id",
    );
    connection.closeSync();
    instance.closeSync();
    return reader.getRows().map(([value]) => String(value));
  };
  const expected = ['north 1 1.5', 'north 2 3.0', 'south 1 1.5'];

  it.each([
    ['records', {}],
    [
      'batch files',
      {
        batch_config: {
          encoding: { format: 'jsonl', compression: 'gzip' },
          storage: { root: `file://${folder}`, prefix: 'given-' },
          batch_size: 2,
        },
      },
    ],
  ])('a tap in Python feeds target-duckdb with %s', async (what, config) => {
    const path = join(folder, `${++number}.duckdb`);
    const text = await read('python', first, { config });
    expect(parse(text).some(({ type }) => type === 'BATCH')).toBe(what === 'batch files');
    const printed = await load(duckdb, { path }, text);
    expect(JSON.parse(printed.trim().split('\n').at(-1) ?? '')).toEqual(lastState(text));
    expect(await rowsOf(path)).toEqual(expected);
  });

  it('a native tap feeds target-jsonl from PyPI', async () => {
    const bin = await installPackages(python ?? '', 'target-jsonl-0.1.4', ['target-jsonl==0.1.4']);
    const text = await read('native', first);
    const printed = await load(
      join(bin, 'target-jsonl'),
      { destination_path: folder, do_timestamp_file: false },
      text,
    );
    expect(JSON.parse(printed.trim().split('\n').at(-1) ?? '')).toEqual(lastState(text));
    const lines = readFileSync(join(folder, 'orders.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(first);
  }, 300_000);

  it.each([
    ['meltanolabs', ['meltanolabs-target-postgres', 'psycopg2-binary'], 'database', false],
    ['meltanolabs', ['meltanolabs-target-postgres', 'psycopg2-binary'], 'database', true],
    ['pipelinewise', ['pipelinewise-target-postgres', 'setuptools<80'], 'dbname', false],
  ] as const)(
    'a native tap feeds target-postgres of %s (%j, %s, in batch files: %s)',
    async (variant, packages, database, batches) => {
      const bin = await installPackages(python ?? '', `target-postgres-${variant}`, packages);
      const url = new URL(inject('postgres'));
      const schema = `python_connectors_${process.pid}_${++number}`;
      const config = {
        host: url.hostname,
        port: Number(url.port || 5432),
        user: decodeURIComponent(url.username || 'postgres'),
        password: decodeURIComponent(url.password || 'trusted'),
        [database]: url.pathname.slice(1) || 'postgres',
        default_target_schema: schema,
      };
      const batch = { batch_config: { storage: { root: `file://${folder}`, prefix: 'sent-' } } };
      const text = await read('native', first, { config: batches ? batch : {} });
      const printed = await load(join(bin, 'target-postgres'), config, text);
      expect(JSON.parse(printed.trim().split('\n').at(-1) ?? '')).toEqual(lastState(text));
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      const { rows } = await client.query(
        `SELECT region || ' ' || id AS v, amount::float8 AS amount FROM ${schema}.orders ORDER BY region, id`,
      );
      await client.query(`DROP SCHEMA ${schema} CASCADE`);
      await client.end();
      expect(rows).toEqual([
        { v: 'north 1', amount: 1.5 },
        { v: 'north 2', amount: 3 },
        { v: 'south 1', amount: 1.5 },
      ]);
    },
    300_000,
  );
});
