import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type JsonObject, stringifyJson } from '@meltano/foundation/json';
import type { TapContext } from '@meltano/sdk/connector';
import { compileSchema, schemaProblems } from '@meltano/sdk/schema/validate';
import { registerChecks } from '@meltano/sdk/testing/check';
import { contextOf, tapDrivers } from '@meltano/sdk/testing/drive-tap';
import { lastState, outputByStream } from '@meltano/sdk/testing/tap-output';
import { tapSuite } from '@meltano/sdk/testing/tap-suite';
import { afterAll, describe, expect, test } from 'vitest';
import { tapParquet } from './tap-parquet.ts';

type Catalog = NonNullable<TapContext['catalog']>;

const folder = mkdtempSync(join(tmpdir(), 'parquet-'));
const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
afterAll(() => {
  duckdb.closeSync();
  rmSync(folder, { recursive: true });
});

/** Writes what a query gives; returns the path. */
async function write(name: string, query: string, options = ''): Promise<string> {
  const path = join(folder, name);
  await duckdb.run(`copy (${query}) to '${path}' (format parquet${options})`);
  return path;
}

async function rows(query: string): Promise<readonly (readonly unknown[])[]> {
  return (await duckdb.runAndReadAll(query)).getRowsJson();
}

async function read(
  config: JsonObject,
  more: { readonly state?: JsonObject; readonly catalog?: Catalog } = {},
) {
  const [driver] = tapDrivers(tapParquet, config);
  const items = await (driver as NonNullable<typeof driver>).read(more);
  return { streams: outputByStream(items), state: lastState(items) as JsonObject };
}

async function readOne(file: JsonObject, more: JsonObject = {}) {
  const { streams } = await read({ files: [{ entity: 'x', ...file }], ...more });
  const output = streams.get('x');
  return { records: output?.records ?? [], properties: output?.schema.schema['properties'] as JsonObject };
}

describe('the suite', async () => {
  const days = await write(
    'days.parquet',
    "select i as id, timestamp '1970-01-01' + to_seconds(i) as at from range(4000) r(i)",
    ', row_group_size 2048',
  );
  const nested = await write('nested.parquet', "select 1 as id, {a: [1, null], b: map {'k': 1.50}} as o");
  const files = [
    { entity: 'days', path: days, keys: ['id'], replication_key: 'at' },
    { entity: 'nested', path: nested, keys: ['id'] },
  ];
  registerChecks(tapSuite({ tap: tapParquet, config: { files }, invalidConfig: { files: 7 } }), test);
});

/** Name, a value of row `i`, and how DuckDB writes the value `v` as JSON in the way of this tap. */
const columns: readonly (readonly [string, string, string])[] = [
  ['bool', 'i % 2 = 0', 'v::varchar'],
  ['int8', '(i - 5)::tinyint', 'v::varchar'],
  ['int16', '(-i * 1000)::smallint', 'v::varchar'],
  ['int32', '(i - 2147483648)::int', 'v::varchar'],
  ['int64', '9223372036854775807 - i', 'v::varchar'],
  ['uint8', '(255 - i)::utinyint', 'v::varchar'],
  ['uint16', '(65535 - i)::usmallint', 'v::varchar'],
  ['uint32', '(4294967295 - i)::uinteger', 'v::varchar'],
  ['uint64', '18446744073709551615::ubigint - i::ubigint', 'v::varchar'],
  ['float', '(i / 8.0 + 0.0625)::float', 'to_json(v::double)::varchar'],
  [
    'double',
    "case i when 0 then 'nan'::double else 0.1 + i end",
    "case when isnan(v) then 'null' else to_json(v)::varchar end",
  ],
  ['decimal4', '(i * 1.10)::decimal(4, 2)', 'v::varchar'],
  ['decimal9', '(i * -1.1)::decimal(9, 4)', 'v::varchar'],
  ['decimal18', '(i * 12345678.123456)::decimal(18, 6)', 'v::varchar'],
  ['decimal38', "(i - 5) * '12345678901234567890123456.789'::decimal(38, 3)", 'v::varchar'],
  ['text', "'héllo \"' || i || chr(10)", 'to_json(v)::varchar'],
  ['empty_text', "''", 'to_json(v)::varchar'],
  ['blob', "'\\xAA\\x00'::blob", "'\"' || lower(hex(v)) || '\"'"],
  ['uuid', "uuid '00112233-4455-6677-8899-aabbccddeeff'", "'\"' || v || '\"'"],
  ['enum', "'a'::enum('a', 'b')", "'\"' || v || '\"'"],
  ['date', "date '1969-12-30' + i::int", "'\"' || v || '\"'"],
  ['time', "time '03:04:05.678901'", "'\"' || v || '\"'"],
  [
    'timestamp',
    "timestamp '1901-01-02 03:04:05.678901' + to_seconds(i)",
    'strftime(v, \'"%Y-%m-%dT%H:%M:%S.%fZ"\')',
  ],
  ['timestamp_ms', "'2024-01-02 03:04:05.5'::timestamp_ms", 'strftime(v, \'"%Y-%m-%dT%H:%M:%S.%gZ"\')'],
  [
    'timestamp_ns',
    "'2024-01-02 03:04:05.123456789'::timestamp_ns",
    `'"' || replace(v::varchar, ' ', 'T') || 'Z"'`,
  ],
  [
    'timestamptz',
    "timestamptz '2024-01-02 03:04:05+02'",
    "strftime(v at time zone 'UTC', '\"%Y-%m-%dT%H:%M:%S.%fZ\"')",
  ],
  ['json', `'{"a": 1.10}'::json`, `case when v is null then null else '{"a":1.10}' end`],
  [
    'list',
    'case i % 3 when 0 then null when 1 then [] else [i, null, 9007199254740993] end',
    'to_json(v)::varchar',
  ],
  ['lists', '[[1], [], null, [2, 3]]', 'to_json(v)::varchar'],
  ['struct', "{a: i, b: {c: 'x', d: null::int}}", 'to_json(v)::varchar'],
  ['structs', "[{x: 1, y: date '2024-01-01'}]", 'to_json(v)::varchar'],
  ['map', "map {'k': 1.5, '__proto__': i}", `'{"k":1.5,"__proto__":' || v['__proto__'] || '}'`],
  [
    'day_map',
    "map {date '2024-01-01': [1, 2]}",
    `case when v is null then null else '{"2024-01-01":[1,2]}' end`,
  ],
];
const nothing = 'null::varchar as only_null';
const every = `${columns.map(([name, value]) => `case when i % 4 = 3 then null else ${value} end as "${name}"`).join(', ')}, ${nothing}`;
const all = `select i::int as id, ${every} from range(8) r(i)`;

describe('holds what DuckDB reads of every type', () => {
  test.each([
    ['uncompressed', ''],
    ['snappy', ''],
    ['gzip', ''],
    ['zstd', ''],
    ['brotli', ''],
    ['lz4_raw', ''],
    ['zstd', ', parquet_version v2'],
  ])('packed with %s%s', async (codec, version) => {
    const path = await write('all.parquet', all, `, compression ${codec}${version}`);
    const { records } = await readOne({ path });
    const texts = columns.map(
      ([name, , json]) => `coalesce(${json.replaceAll(/\bv\b/g, `"${name}"`)}, 'null')`,
    );
    const wanted = await rows(`select ${texts.join(', ')} from read_parquet('${path}') order by id`);
    const found = records.map((record) => columns.map(([name]) => stringifyJson(record[name] ?? null)));
    expect(found).toEqual(wanted);
    expect(records.every((record) => record['only_null'] === null)).toBe(true);
  });

  test('and says so in the schema', async () => {
    const { records, properties } = await readOne({ path: await write('all.parquet', all) });
    const valid = compileSchema({ type: 'object', properties });
    const plain = records.map((record) => JSON.parse(stringifyJson(record)) as JsonObject);
    expect(plain.flatMap((record) => schemaProblems(valid, record))).toEqual([]);
    expect(properties).toMatchObject({
      bool: { type: ['boolean', 'null'] },
      int64: { type: ['integer', 'null'] },
      uint64: { type: ['number', 'null'], multipleOf: 1 },
      decimal38: { type: ['number', 'null'], multipleOf: 0.001 },
      date: { type: ['string', 'null'], format: 'date' },
      timestamp: { type: ['string', 'null'], format: 'date-time' },
      list: { type: ['array', 'null'], items: { type: ['integer', 'null'] } },
      struct: { properties: { b: { properties: { c: { type: ['string', 'null'] } } } } },
      day_map: { additionalProperties: { type: ['array', 'null'] } },
      json: {},
      only_null: { type: ['string', 'null'] },
    });
  });
});

test('reads a file without rows, and one of two large row groups', async () => {
  const empty = await write('empty.parquet', 'select 1 as id where false');
  expect((await readOne({ path: empty })).records).toEqual([]);
  const wide = Array.from({ length: 40 }, (_, at) => `i + ${at} as c${at}`).join(', ');
  const path = await write('many.parquet', `select ${wide} from range(40000) r(i)`, ', row_group_size 30720');
  const { records } = await readOne({ path }, { add_metadata_columns: true });
  expect(records).toHaveLength(40_000);
  const isRight = (record: JsonObject, at: number) =>
    record['c0'] === at && record['c39'] === at + 39 && record['_sdc_source_lineno'] === at + 1;
  expect(records.every(isRight)).toBe(true);
}, 30_000);

describe('selection', () => {
  const only = (catalog: Catalog, names: readonly string[]): Catalog => ({
    streams: catalog.streams.map((stream) => ({
      ...stream,
      metadata: (stream.metadata ?? []).map((entry) => ({
        ...entry,
        metadata:
          entry.breadcrumb.length === 0
            ? { ...entry.metadata, selected: true }
            : { ...entry.metadata, selected: names.includes(entry.breadcrumb.join('.')) },
      })),
    })),
  });

  test('what is not wanted is not read, whatever it holds', async () => {
    const path = await write(
      'damaged.parquet',
      "select 7 as id, 'x' || i as text, 1 as last from range(3) r(i)",
      ', compression uncompressed',
    );
    const bytes = readFileSync(path);
    // The page header of the second column no longer makes sense.
    const at = bytes.indexOf('x0');
    bytes.fill(0xff, at - 30, at + 2);
    writeFileSync(path, bytes);
    const config = { files: [{ entity: 'x', path }] };
    const [driver] = tapDrivers(tapParquet, config);
    const catalog = await (driver as NonNullable<typeof driver>).discover();
    const { streams } = await read(config, { catalog: only(catalog, ['properties.last']) });
    expect(streams.get('x')?.records).toEqual([{ last: 1 }, { last: 1 }, { last: 1 }]);
    await expect(read(config)).rejects.toMatchObject({
      code: 'files.invalid_content',
      message: expect.stringMatching(
        /damaged.parquet (is damaged|cannot be read as Parquet).*, column "text"/,
      ) as string,
    });
  });

  test('members of structs can be left out', async () => {
    const config = {
      files: [{ entity: 'x', path: await write('member.parquet', 'select {a: 1, b: 2} as o') }],
    };
    const [driver] = tapDrivers(tapParquet, config);
    const catalog = await (driver as NonNullable<typeof driver>).discover();
    const wanted = only(catalog, ['properties.o', 'properties.o.properties.b']);
    expect((await read(config, { catalog: wanted })).streams.get('x')?.records).toEqual([{ o: { b: 2 } }]);
  });
});

describe('files that are none, or not whole, are named', () => {
  const good = async () => readFileSync(await write('good.parquet', 'select i as id from range(100) r(i)'));
  const encrypted = Buffer.concat([Buffer.from('PARE'), Buffer.alloc(20), Buffer.from('PARE')]);
  test.each<[string, () => Promise<Buffer> | Buffer, string]>([
    ['text', () => Buffer.from('id,name\n1,some text\n'), 'is no Parquet file'],
    ['nothing', () => Buffer.alloc(0), 'too short'],
    ['encrypted', () => encrypted, 'is encrypted'],
    ['cut off', async () => (await good()).subarray(0, 200), 'ends without the footer'],
    [
      'a footer of noise',
      async () => {
        const bytes = await good();
        return bytes.fill(0x5a, bytes.length - 60, bytes.length - 8);
      },
      'cannot be read as Parquet',
    ],
    [
      'a footer that is longer than the file',
      async () => {
        const bytes = Buffer.from(await good());
        bytes.writeUInt32LE(0x7fffffff, bytes.length - 8);
        return bytes;
      },
      'cannot be read as Parquet',
    ],
  ])('%s', async (_, content, problem) => {
    const path = join(folder, 'bad.parquet');
    writeFileSync(path, await content());
    await expect(readOne({ path })).rejects.toMatchObject({
      code: 'files.invalid_content',
      message: expect.stringMatching(`bad.parquet.*${problem}`) as string,
      place: { file: expect.stringContaining('bad.parquet') as string },
    });
  });

  test('and an encoding, which a Parquet file has none of, is refused', async () => {
    await expect(readOne({ path: 'x', encoding: 'latin1' })).rejects.toMatchObject({
      code: 'config.invalid',
    });
  });
});

test.each([
  ['lone.parquet', 'lone'],
  ['sub.d/*.parquet', 'sub'],
  ['sub.d', 'sub'],
])('reads the path of the one setting filepath: %s', async (path, name) => {
  mkdirSync(join(folder, 'sub.d'), { recursive: true });
  await write('lone.parquet', 'select 1 as id');
  await write('sub.d/a.parquet', 'select 1 as id');
  const { streams } = await read({ filepath: join(folder, path) });
  expect([...streams].map(([stream, { records }]) => [stream, records])).toEqual([[name, [{ id: 1 }]]]);
});

test('reads what a VARIANT holds, times with all their digits', async () => {
  const values = [
    '9223372036854775807',
    "{'a': 1.25, 'b': [1, null]}",
    "date '2024-01-02'",
    "timestamp '2024-01-02 03:04:05.123456'",
    "uuid '00112233-4455-6677-8899-aabbccddeeff'",
  ];
  const query = values.map((value, at) => `select ${at} as id, ${value}::variant as v`).join(' union all ');
  const { records } = await readOne({ path: await write('variant.parquet', query) });
  expect(stringifyJson(records.map((record) => record['v'] ?? null))).toBe(
    '[9223372036854775807,{"a":1.25,"b":[1,null]},"2024-01-02","2024-01-02T03:04:05.123456Z",' +
      '"00112233-4455-6677-8899-aabbccddeeff"]',
  );
});

test('dates and times beyond RFC 3339 are written as DuckDB writes them', async () => {
  const values = [
    ["date '0044-03-15 (BC)'", "timestamp '0044-03-15 (BC) 01:02:03.5'"],
    ["date '290309-12-22 (BC)'", "timestamp '290000-12-31 (BC) 23:59:59.999999'"],
    ["date '12345-01-02'", "timestamp '12345-01-02 03:04:05'"],
    ["date 'infinity'", "timestamp 'infinity'"],
    ["date '-infinity'", "timestamp '-infinity'"],
  ];
  const query = values
    .map(([day, at], id) => `select ${id} as id, ${day} as day, ${at} as moment`)
    .join(' union all ');
  const { records } = await readOne({ path: await write('far.parquet', query) });
  const texts = await rows(`select day::varchar, moment::varchar from (${query}) order by id`);
  expect(records.map(({ day, moment }) => [day, moment])).toEqual(texts);
});

test('unites the columns of several files', async () => {
  await write('u-1.parquet', 'select 1::int as id, 1.5::decimal(3, 1) as a, null as n, 7::int as w');
  await write(
    'u-2.parquet',
    "select 2::int as id, 2.25::decimal(4, 2) as a, 'x' as b, true as n, 18446744073709551615::ubigint as w",
  );
  const { records, properties } = await readOne({ path: join(folder, 'u-?.parquet') });
  expect(properties).toMatchObject({
    a: { type: ['number', 'null'], multipleOf: 0.01 },
    b: { type: ['string', 'null'] },
    w: { type: ['number', 'null'], multipleOf: 1 },
  });
  expect(stringifyJson(records)).toBe(
    '[{"id":1,"a":1.5,"n":null,"w":7},{"id":2,"a":2.25,"b":"x","n":true,"w":18446744073709551615}]',
  );
});

test('with only_modified reads a file again only when it has changed', async () => {
  const one = await write('part-1.parquet', 'select 1 as id');
  await write('part-2.parquet', 'select 2 as id');
  const config = { files: [{ entity: 'x', path: join(folder, 'part-*'), only_modified: true }] };
  const first = await read(config);
  expect(first.streams.get('x')?.records.map(({ id }) => id)).toEqual([1, 2]);
  expect((await read(config, { state: first.state })).streams.get('x')?.records).toEqual([]);
  utimesSync(one, 1, 1);
  const again = await read(config, { state: first.state });
  expect(again.streams.get('x')?.records.map(({ id }) => id)).toEqual([1]);
});

test.each([
  ["select unnest(['nan', '1'])::double as x", ': 1 value of stream x was NaN or Infinity, '],
  ["select unnest(['nan', '-inf'])::double as x", ': 2 values of stream x were NaN or Infinity, '],
])('what is no number is told of with its stream (%s)', async (query, text) => {
  const path = await write('not-numbers.parquet', query);
  const logged: string[] = [];
  const log = { log: (level: string, event: string) => void (level === 'warning' && logged.push(event)) };
  const open = await tapParquet.open({ ...contextOf({ files: [{ entity: 'x', path }] }), log });
  for await (const _ of open.read('record'));
  await open.close();
  expect(logged).toEqual([expect.stringContaining(text)]);
});
