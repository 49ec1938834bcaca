import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { contextOf } from '@meltano/sdk/testing/drive-tap';
import { spawnProgram } from '@meltano/sdk/testing/spawn-program';
import { describe, expect, test } from 'vitest';
import { load } from './load.test.support.ts';
import { makeDatabase, newFile } from './new-database.test.support.ts';
import { tapDuckdb } from './tap-duckdb.ts';

/** A column of each kind; how its values are compared at the source and in the target; the column that the target made. */
const columns: Readonly<
  Record<string, readonly [type: string, source: string, target: string, made: string]>
> = {
  id: ['BIGINT', 'id', 'id', 'BIGINT'],
  huge: ['HUGEINT', 'huge::VARCHAR', 'huge::VARCHAR', 'VARCHAR'],
  wide: ['UBIGINT', 'wide', 'wide', 'HUGEINT'],
  exact: ['DECIMAL(38,10)', 'exact', 'exact', 'DECIMAL(38,10)'],
  price: ['DECIMAL(10,2)', 'price', 'price', 'DECIMAL(10,2)'],
  double: ['DOUBLE', 'double', 'double', 'DOUBLE'],
  single: ['FLOAT', 'single', 'single::FLOAT', 'DOUBLE'],
  flag: ['BOOLEAN', 'flag', 'flag', 'BOOLEAN'],
  label: ['VARCHAR', 'label', 'label', 'VARCHAR'],
  day: ['DATE', 'day', 'day', 'DATE'],
  far_day: ['DATE', 'far_day', 'far_day::DATE', 'VARCHAR'],
  clock: ['TIME', 'clock', 'clock', 'TIME'],
  moment: ['TIMESTAMP', 'moment', "moment AT TIME ZONE 'UTC'", 'TIMESTAMP WITH TIME ZONE'],
  instant: ['TIMESTAMPTZ', 'instant', 'instant', 'TIMESTAMP WITH TIME ZONE'],
  far: ['TIMESTAMPTZ', 'far', 'far::TIMESTAMPTZ', 'VARCHAR'],
  uuid: ['UUID', 'uuid', 'uuid::UUID', 'VARCHAR'],
  bytes: ['BLOB', 'bytes', 'unhex(bytes)', 'VARCHAR'],
  document: ['JSON', 'document::VARCHAR', 'document::VARCHAR', 'JSON'],
  list: ['INTEGER[]', 'list', 'list::INTEGER[]', 'JSON'],
  nested: [
    'STRUCT(a INTEGER, "b c" STRUCT(d DECIMAL(38,10), e VARCHAR)[])',
    'nested',
    'nested::STRUCT(a INTEGER, "b c" STRUCT(d DECIMAL(38,10), e VARCHAR)[])',
    'JSON',
  ],
  span: ['INTERVAL', 'span', 'span::INTERVAL', 'VARCHAR'],
  bits: ['BIT', 'bits', 'bits::BIT', 'VARCHAR'],
};

/** Values of a column in single rows; in all others it is NULL. */
const values: Readonly<Record<string, readonly string[]>> = {
  huge: ['-170141183460469231731687303715884105728', '170141183460469231731687303715884105727', '0'],
  wide: ['18446744073709551615', '9007199254740993'],
  exact: [
    '9999999999999999999999999999.9999999999',
    '-9999999999999999999999999999.9999999999',
    '0.0000000001',
    '1.10',
  ],
  price: ['99999999.99', '-0.01', '5'],
  double: ['1.7976931348623157e308', '5e-324', '0.1', '-0.0'],
  single: ['0.1', '3.4028235e38', '16777217'],
  flag: ['true', 'false'],
  label: ["''", "' '", '\'ünïcödé 🦆 "q" \\ \t\n\'', "'null'", "'NULL'", 'chr(65533)'],
  day: ["'0001-01-01'", "'9999-12-31'", "'1969-12-31'"],
  far_day: ["'infinity'", "'-infinity'", "'12345-01-01'", "'0044-03-15 (BC)'", "'2024-01-01'"],
  clock: ["'00:00:00'", "'23:59:59.999999'"],
  moment: ["'1969-12-31 23:59:59.999999'", "'2024-02-29 00:00:00.1'", "'9999-12-31 23:59:59.999999'"],
  instant: ["'1970-01-01 00:00:00+00'", "'2024-01-01 01:00:00.123456+02'"],
  far: ["'infinity'", "'-infinity'", "'2024-01-01 00:00:00+00'", "'20000-01-01 00:00:00+00'"],
  uuid: ["'ffffffff-ffff-ffff-ffff-ffffffffffff'", "'00000000-0000-0000-0000-000000000000'"],
  bytes: ["'\\x00\\xFF'", "''"],
  document: [`'{"a":1.10,"n":12345678901234567890,"t":"2024-01-01"}'`, "'[]'", `'"text"'`],
  list: ['[1,NULL,-2147483648]', '[]'],
  nested: [`{'a': 1, 'b c': [{'d': 1.1, 'e': ''}, {'d': NULL, 'e': 'ü'}, NULL]}`, `{'a': NULL, 'b c': []}`],
  span: ["'1 month 2 days 03:04:05.000006'", "'-1 microsecond'"],
  bits: ["'1'", "'0101'"],
};

async function makeSource(): Promise<string> {
  const definitions = Object.entries(columns).map(([name, [type]]) => `"${name}" ${type}`);
  const cells = Object.entries(values).flatMap(([name, each]) => each.map((value) => [name, value] as const));
  return makeDatabase([
    `CREATE TABLE t (${definitions.join(', ')}, PRIMARY KEY (id))`,
    'INSERT INTO t (id) VALUES (-9223372036854775808), (9223372036854775807)',
    ...cells.map(([name, value], id) => `INSERT INTO t (id, "${name}") VALUES (${id}, ${value})`),
  ]);
}

/** Rows that are in one table and not in the other, and the types that the target has made. */
async function compare(source: string, target: string) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`ATTACH '${source}' AS s (READ_ONLY)`);
    await connection.run(`ATTACH '${target}' AS t (READ_ONLY)`);
    const list = (at: 1 | 2) =>
      Object.values(columns)
        .map((column) => column[at])
        .join(', ');
    const [a, b] = [`SELECT ${list(1)} FROM s.t`, `SELECT ${list(2)} FROM t.main_t`];
    const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
    return {
      lost: await rows(`(${a}) EXCEPT ALL (${b})`),
      invented: await rows(`(${b}) EXCEPT ALL (${a})`),
      count: Number((await rows('SELECT count(*) FROM t.main_t'))[0]?.[0]),
      types: Object.fromEntries(
        (await rows("SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 't'")) as [
          string,
          string,
        ][],
      ),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const same = {
  lost: [],
  invented: [],
  count: Object.values(values).flat().length + 2,
  types: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[3]])),
};

describe('what tap-duckdb reads and target-duckdb loads is the same', () => {
  test('in one process', async () => {
    const [source, target] = [await makeSource(), newFile()];
    const tap = await tapDuckdb.open(contextOf({ path: source }));
    await load({ path: target }, tap.read('record'));
    await tap.close();
    expect(await compare(source, target)).toEqual(same);
  });

  test('as two programs, through Singer text', async () => {
    const [source, target] = [await makeSource(), newFile()];
    const program = (name: string, path: string) => {
      const config = newFile('json');
      writeFileSync(config, JSON.stringify({ path }));
      return spawnProgram(join(import.meta.dirname, '../bin', name), ['--config', config]);
    };
    const [tap, loader] = [program('tap-duckdb', source), program('target-duckdb', target)];
    tap.child.stdout.pipe(loader.child.stdin);
    expect(await tap.ended).toBe(0);
    expect(await loader.ended).toBe(0);
    expect(await compare(source, target)).toEqual(same);
  });

  test('and a row that is changed on the way is found', async () => {
    const [source, target] = [await makeSource(), newFile()];
    const tap = await tapDuckdb.open(contextOf({ path: source }));
    await load({ path: target }, tap.read('record'));
    await tap.close();
    await makeDatabase(["UPDATE main_t SET label = NULL WHERE label = ''"], target);
    const { lost, invented } = await compare(source, target);
    expect([lost.length, invented.length]).toEqual([1, 1]);
  });
});
