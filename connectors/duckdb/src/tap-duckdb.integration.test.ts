import { writeFileSync } from 'node:fs';
import { DuckDBInstance, version } from '@duckdb/node-api';
import { type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import { registerChecks } from '@meltano/sdk/testing/check';
import { contextOf, tapDrivers } from '@meltano/sdk/testing/drive-tap';
import { sqlTapSuite } from '@meltano/sdk/testing/sql-tap-suite';
import { outputByStream } from '@meltano/sdk/testing/tap-output';
import { tapSuite } from '@meltano/sdk/testing/tap-suite';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeDatabase, makeNewer, newFile } from './new-database.test.support.ts';
import { tapDuckdb } from './tap-duckdb.ts';
import { targetDuckdb } from './target-duckdb.ts';

const config: { path: string } & JsonObject = { path: newFile(), queries: [] };

describe('tap-duckdb', () => {
  beforeAll(() =>
    makeDatabase(
      [
        'CREATE TABLE numbers AS SELECT range AS id, range * 1.5 AS half, range % 7 = 0 AS seventh FROM range(5000)',
        'ALTER TABLE numbers ADD PRIMARY KEY (id)',
        "CREATE VIEW days AS SELECT range AS day, {'n': 1, 'tags': ['a', NULL]} AS more FROM range(DATE '2024-01-01', DATE '2024-03-01', INTERVAL 1 DAY)",
      ],
      config.path,
    ),
  );
  const incremental = {
    path: config.path,
    filter_tables: ['nothing'],
    queries: [
      { name: 'numbers', sql: 'SELECT * FROM numbers', keys: ['id'], replication_key: 'id' },
      { name: 'days', sql: 'SELECT * FROM days', keys: ['day'], replication_key: 'day' },
    ],
  };
  describe('tables whole', () => {
    registerChecks(tapSuite({ tap: tapDuckdb, config, invalidConfig: {} }), test);
  });
  describe('queries incrementally', () => {
    registerChecks(tapSuite({ tap: tapDuckdb, config: incremental }), test);
  });
  describe('as any SQL tap', () => {
    const database = async (statements: readonly string[]) => ({ path: await makeDatabase(statements) });
    registerChecks(sqlTapSuite({ tap: tapDuckdb, database }), test);
  });
});

/** Reads all in this process; what was logged, too. */
async function read(path: string, more: JsonObject = {}) {
  const logged: string[] = [];
  const log: Log = { log: (_, event) => logged.push(event) };
  const context = { ...contextOf({ path, ...more }), log };
  const tap = await tapDuckdb.open(context);
  try {
    const items = [];
    for await (const item of tap.read('record')) items.push(item);
    return { streams: outputByStream(items), logged };
  } finally {
    await tap.close();
  }
}

describe('types of DuckDB', () => {
  const one = async (expression: string, more?: JsonObject) => {
    const path = await makeDatabase([`CREATE TABLE t AS SELECT ${expression} AS x`]);
    const { streams, logged } = await read(path, more);
    const stream = streams.get('main-t');
    const properties = stream?.schema.schema['properties'] as JsonObject;
    return { schema: properties['x'], value: stream?.records[0]?.['x'], logged };
  };

  test.each([
    ["TIMESTAMP 'infinity'", 'infinity'],
    ["TIMESTAMPTZ '-infinity'", '-infinity'],
    ["DATE 'infinity'", 'infinity'],
    ["DATE '0044-03-15 (BC)'", '0044-03-15 (BC)'],
    ["TIMESTAMP_NS '2024-01-01 00:00:00.123456789'", '2024-01-01T00:00:00.123456789Z'],
    ["TIMESTAMP_MS '1969-12-31 23:59:59.999'", '1969-12-31T23:59:59.999Z'],
    ["TIMESTAMP '1969-12-31 23:59:59.999999'", '1969-12-31T23:59:59.999999Z'],
    ["TIMESTAMPTZ '2024-01-01 02:00:00+02'", '2024-01-01T00:00:00Z'],
    ["TIMESTAMP_S '2024-01-01 00:00:01'", '2024-01-01T00:00:01Z'],
    ["TIME '12:34:56.789'", '12:34:56.789'],
    ["TIMETZ '12:00:00+02'", '12:00:00+02'],
    ["INTERVAL '1 month 2 days'", '1 month 2 days'],
    ["'101'::BIT", '101'],
    ["'\\xFF\\x00'::BLOB", 'ff00'],
    ["'it''s'::ENUM('it''s', 'no')", "it's"],
    ['0.1::FLOAT', 0.1],
    ['16777217::FLOAT', 16_777_216],
    ['1e-7::FLOAT', 1e-7],
    ["MAP {'a': 1}", { a: 1 }],
    ["MAP {1: 'a'}", [{ key: 1, value: 'a' }]],
    ["union_value(k := 'v')", { k: 'v' }],
    ["{'a b': [{'c': DATE '2024-01-01'}, NULL]}", { 'a b': [{ c: '2024-01-01' }, null] }],
    ['[1, 2, 3]::INTEGER[3]', [1, 2, 3]],
    ['NULL::STRUCT(a INTEGER)', null],
  ])('%s is %j', async (expression, value) => {
    expect((await one(expression)).value).toEqual(value);
  });

  test('numbers keep their digits', async () => {
    const { value } = await one('[170141183460469231731687303715884105727::HUGEINT]');
    expect(String(value)).toBe('170141183460469231731687303715884105727');
    expect(stringifyJson((await one('\'{"n": 1.10}\'::JSON')).value ?? null)).toBe('{"n":1.10}');
    expect(String((await one('1.10::DECIMAL(38, 10)')).value)).toBe('1.1000000000');
  });

  test('NaN and infinity are null, and told of', async () => {
    const { value, logged } = await one("['1.5', 'nan', '-inf']::DOUBLE[]");
    expect(value).toEqual([1.5, null, null]);
    expect(logged).toContainEqual(
      expect.stringMatching(
        /^2 values of "x" in stream main-t are NaN or infinite, .*: they are sent as null$/,
      ),
    );
    expect((await one("'nan'::FLOAT")).logged).toContainEqual(
      expect.stringMatching(/^1 value of "x" in stream main-t is NaN or infinite, .*: it is sent as null$/),
    );
  });

  test('a type that JSON has nothing for is read as text, and told of', async () => {
    const digits = '12345678901234567890123456789012345678901234567890';
    const { value, schema, logged } = await one(`'${digits}'::BIGNUM`);
    expect({ value, schema }).toEqual({ value: digits, schema: { type: ['string', 'null'] } });
    expect(logged).toContainEqual(expect.stringContaining('Column "x" has the type BIGNUM'));
  });

  test('a struct with a member that the driver cannot hold is read as text', async () => {
    const { value, logged } = await one("{'__proto__': 1, 'b': 2}");
    expect(String(value)).toMatch(/__proto__.*1.*b.*2/);
    expect(logged).toContainEqual(expect.stringContaining('Column "x" has the type STRUCT'));
  });

  test('dates as string have no format', async () => {
    expect((await one("DATE '2024-01-01'", { dates_as_string: true })).schema).toEqual({
      type: ['string', 'null'],
    });
  });

  test('infinity in a replication key comes in every run and moves no bookmark', async () => {
    const path = await makeDatabase([
      "CREATE TABLE t AS SELECT unnest(['-infinity', '1970-01-01', '2024-01-01', 'infinity'])::TIMESTAMP AS moment",
    ]);
    const queries = [{ name: 't', sql: 'SELECT moment FROM t', replication_key: 'moment' }];
    const [driver] = tapDrivers(tapDuckdb, { path, queries, filter_tables: ['nothing'] });
    const first = (await driver?.read()) ?? [];
    expect(outputByStream(first).get('t')?.records).toHaveLength(4);
    const state = first.at(-1);
    expect(state).toMatchObject({
      value: { bookmarks: { t: { replication_key_value: '2024-01-01T00:00:00Z' } } },
    });
    const again = (await driver?.read({ state: state?.kind === 'state' ? state.value : {} })) ?? [];
    expect(outputByStream(again).get('t')?.records).toEqual([
      { moment: '2024-01-01T00:00:00Z' },
      { moment: 'infinity' },
    ]);
  });
});

function textFile(ending: string, text = 'id,name\n1,x\n'): string {
  const path = newFile(ending);
  writeFileSync(path, text);
  return path;
}

describe('a DuckDB file', () => {
  test.each([
    ['is not there', () => newFile(), 'duckdb.no_such_file'],
    [
      'is something else',
      () => {
        const path = newFile();
        writeFileSync(path, 'not a database, but long enough to hold a header of one'.repeat(100));
        return path;
      },
      'duckdb.not_a_database',
    ],
    ['is CSV', () => textFile('csv'), 'duckdb.not_a_database'],
    ['is empty', () => textFile('duckdb', ''), 'duckdb.not_a_database'],
    ['is elsewhere', () => 'md:db', 'duckdb.unsupported_path'],
  ])('that %s is refused', async (_, path, code) => {
    await expect(tapDuckdb.discover(contextOf({ path: path() }))).rejects.toMatchObject({
      code,
      hint: expect.any(String),
    });
  });

  test('of a newer DuckDB is refused with both versions, and how to make one that can be read', async () => {
    const path = await makeDatabase(['CREATE TABLE t (id INTEGER)']);
    makeNewer(path, 'v9.8.7');
    await expect(tapDuckdb.discover(contextOf({ path }))).rejects.toMatchObject({
      code: 'duckdb.made_by_newer_version',
      message: expect.stringContaining(`by a newer DuckDB (v9.8.7) than the one here (${version()})`),
      hint: expect.stringMatching(/^with the DuckDB that made it, .*STORAGE_VERSION/),
    });
    const load = targetDuckdb.open(contextOf({ path }));
    await expect(load).rejects.toMatchObject({ hint: expect.stringMatching(/^load into a new file; or /) });
  });

  test.each(['lots', '5 parsecs', '50%'])('is not opened with a memory limit of %s', async (limit) => {
    const path = await makeDatabase(['CREATE TABLE t (id INTEGER)']);
    await expect(tapDuckdb.discover(contextOf({ path, memory_limit: limit }))).rejects.toMatchObject({
      code: 'duckdb.invalid_setting',
      category: 'invalid',
      message: expect.stringContaining(`memory_limit is "${limit}"`),
    });
  });

  test('that this program writes to is refused', async () => {
    const path = await makeDatabase(['CREATE TABLE t (id INTEGER)']);
    const instance = await DuckDBInstance.fromCache(path, { memory_limit: '512MB' });
    await expect(tapDuckdb.discover(contextOf({ path }))).rejects.toMatchObject({ code: 'duckdb.locked' });
    instance.closeSync();
    expect((await tapDuckdb.discover(contextOf({ path }))).streams).toHaveLength(1);
  });

  test('is not changed, and two taps read it at once', async () => {
    const path = await makeDatabase(['CREATE TABLE t AS SELECT 1 AS id']);
    const [a, b] = await Promise.all([read(path), read(path)]);
    expect(a.streams.get('main-t')?.records).toEqual(b.streams.get('main-t')?.records);
    const drop = [{ name: 'q', sql: 'SELECT 1); DROP TABLE t; SELECT (1' }];
    await expect(read(path, { queries: drop })).rejects.toMatchObject({
      code: 'sql_tap.invalid_query',
      message: expect.stringMatching(/^DuckDB refuses the query "q": \w/),
      hint: expect.stringContaining('setting queries'),
    });
    expect((await read(path)).streams.get('main-t')?.records).toHaveLength(1);
  });

  test('can be opened again when a run was stopped in the middle', async () => {
    const path = await makeDatabase(['CREATE TABLE t AS SELECT range AS id FROM range(1000000)']);
    const [driver] = tapDrivers(tapDuckdb, { path });
    await driver?.read({ stopAtFirstRecords: true });
    expect((await driver?.read())?.length).toBeGreaterThan(100);
  });

  test.each([10, 90_000, 900_000])(
    'in which row %i cannot be computed ends the run, and can be opened again',
    async (row) => {
      const path = await makeDatabase([
        `CREATE TABLE t AS SELECT CASE range WHEN ${row} THEN 'x' ELSE range::VARCHAR END AS n FROM range(1000000)`,
        'CREATE VIEW v AS SELECT n::INTEGER AS n FROM t',
      ]);
      await expect(read(path, { filter_tables: ['v'] })).rejects.toMatchObject({
        code: 'duckdb.read_failed',
      });
      expect((await read(path, { filter_tables: ['t'] })).streams.get('main-t')?.records).toHaveLength(
        1_000_000,
      );
    },
  );

  test('with a view of a table that is gone says so, and is read without it', async () => {
    const path = await makeDatabase([
      'CREATE TABLE t AS SELECT 1 AS id',
      'CREATE TABLE u AS SELECT 1 AS id',
      'CREATE VIEW v AS SELECT * FROM u',
      'DROP TABLE u',
    ]);
    await expect(read(path)).rejects.toMatchObject({
      code: 'duckdb.read_failed',
      message: expect.stringContaining('Table with name u does not exist'),
      hint: expect.stringContaining('deselect'),
    });
    expect([...(await read(path, { filter_tables: ['t'] })).streams.keys()]).toEqual(['main-t']);
  });

  test('with thousands of tables is discovered with a handful of queries', async () => {
    const tables = Array.from({ length: 2_000 }, (_, at) => `CREATE TABLE t${at} (id INTEGER, day DATE);`);
    const path = await makeDatabase([`BEGIN; ${tables.join('')} COMMIT`]);
    expect((await tapDuckdb.discover(contextOf({ path }))).streams).toHaveLength(2_000);
  });
});

describe('a later run has what the database has after the bookmark, in its own order', () => {
  test.each([
    ['exact numbers as text', '9.5::DECIMAL(10, 2)', ['10.5', '100'], { use_singer_decimal: true }],
    ['times as text', "TIMESTAMP '2024-01-02'", ["'2024-01-02 00:00:00.5'"], { dates_as_string: true }],
    ['beyond infinity', "TIMESTAMP 'infinity'", ["'2025-01-01'"], { dates_as_string: true }],
    ['texts beyond 16 bits', "'\uff3a'", ["'\u{1f600}'"], {}],
  ])('%s', async (_, first, later, more) => {
    const path = await makeDatabase([`CREATE TABLE t AS SELECT 0 AS id, ${first} AS x`]);
    const state = await readOn(path, more);
    await makeDatabase(
      later.map((value, at) => `INSERT INTO t VALUES (${at + 1}, ${value})`),
      path,
    );
    const found: unknown[] = [];
    await readOn(path, more, state, found);
    expect(found).toEqual(expect.arrayContaining(later.map((__, at) => at + 1)));
  });

  test('a collation of the column', async () => {
    const path = await makeDatabase([
      'CREATE TABLE t (id INTEGER, x VARCHAR COLLATE NOCASE)',
      "INSERT INTO t VALUES (1, 'a'), (2, 'B'), (3, 'c')",
    ]);
    const state = await readOn(path, {});
    await makeDatabase(["INSERT INTO t VALUES (4, 'D')"], path);
    const found: unknown[] = [];
    await readOn(path, {}, state, found);
    expect(found).toEqual([3, 4]);
  });

  /** Reads `t` from a state on; answers with the last one. */
  async function readOn(path: string, more: JsonObject, state?: JsonValue, found: unknown[] = []) {
    const queries = [{ name: 't', sql: 'SELECT * FROM t', keys: ['id'], replication_key: 'x' }];
    const context = contextOf({ path, filter_tables: ['nothing'], queries, ...more });
    const tap = await tapDuckdb.open({ ...context, ...(state === undefined ? {} : { state }) });
    let last: JsonValue | undefined;
    try {
      for await (const item of tap.read('record')) {
        if (item.kind === 'records') found.push(...item.records.map(({ id }) => id));
        if (item.kind === 'state') last = item.value;
      }
    } finally {
      await tap.close();
    }
    return last;
  }
});
