import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '@meltano/foundation/json';
import { registerChecks } from '@meltano/sdk/testing/check';
import { contextOf, tapDrivers } from '@meltano/sdk/testing/drive-tap';
import { lastState, outputByStream } from '@meltano/sdk/testing/tap-output';
import { tapSuite } from '@meltano/sdk/testing/tap-suite';
import { afterAll, describe, expect, test } from 'vitest';
import { tapCsv } from './tap-csv.ts';

const folder = mkdtempSync(join(tmpdir(), 'csv-'));
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

async function read(config: JsonObject, state?: JsonObject) {
  const [driver] = tapDrivers(tapCsv, config);
  const items = await (driver as NonNullable<typeof driver>).read(state === undefined ? {} : { state });
  return { streams: outputByStream(items), state: lastState(items) as JsonObject };
}

async function rowsOf(file: JsonObject, more: JsonObject = {}) {
  return (await read({ files: [{ entity: 'x', ...file }], ...more })).streams.get('x')?.records;
}

describe('the suite', () => {
  writeFileSync(join(folder, 'users.csv'), 'id,name\n1,Ann\n2,"Bob, ""B"""\n');
  const days = Array.from({ length: 4_000 }, (_, id) => `${id},${new Date(id * 1_000).toISOString()}`);
  writeFileSync(join(folder, 'days.csv.gz'), gzipSync(`id,at\n${days.join('\n')}`));
  const schema = { id: { type: ['integer'] }, at: { type: ['string', 'null'], format: 'date-time' } };
  const files = [
    { entity: 'users', path: join(folder, 'users.csv'), keys: ['id'] },
    { entity: 'days', path: join(folder, 'days*'), keys: ['id'], replication_key: 'at', schema },
  ];
  const checks = tapSuite({
    tap: tapCsv,
    config: { files },
    invalidConfig: { files: [{ entity: 'users' }] },
  });
  registerChecks(checks, test);
});

test('reads quotes, line ends inside of fields, CR LF, a mark of order, and a last line without end', async () => {
  const path = await write('odd.csv', '\ufeffa,b,c\r\n"x\r\ny",,"z ""q"""\r\n\r\n1,2,3');
  expect(await rowsOf({ path })).toEqual([
    { a: 'x\r\ny', b: '', c: 'z "q"' },
    { a: '1', b: '2', c: '3' },
  ]);
});

test('reads lines that end in CR alone', async () => {
  expect(await rowsOf({ path: await write('mac.csv', 'a,b\r1,2\r3,4\r') })).toEqual([
    { a: '1', b: '2' },
    { a: '3', b: '4' },
  ]);
});

test('tells columns apart that have one name or none', async () => {
  expect(await rowsOf({ path: await write('names.csv', 'a,a,,b\n1,2,3,4\n') })).toEqual([
    { a: '1', a_2: '2', column_3: '3', b: '4' },
  ]);
});

test('takes delimiter, quote, escape and encoding from the entry', async () => {
  const text = Buffer.from("a;b\n'\\'x\\'; y';caf\xe9\n", 'latin1');
  const file = {
    path: await write('own.csv', text),
    delimiter: ';',
    quotechar: "'",
    escapechar: '\\',
    encoding: 'latin1',
  };
  expect(await rowsOf(file)).toEqual([{ a: "'x'; y", b: 'café' }]);
});

test.each<[JsonObject, string]>([
  [{ delimiter: '😀' }, 'The delimiter of x is a character beyond U+FFFF'],
  [{ quotechar: '😀' }, 'The quotechar of x is a character beyond U+FFFF'],
  [{ escapechar: '😀' }, 'The escapechar of x is a character beyond U+FFFF'],
  [{ delimiter: '\n' }, 'The delimiter of x is a line end'],
  [{ delimiter: '\r' }, 'The delimiter of x is a line end'],
  [{ quotechar: '\n' }, 'The quotechar of x is a line end'],
  [{ delimiter: '"' }, 'The delimiter of x is the quotechar, too'],
  [{ quotechar: ',' }, 'The delimiter of x is the quotechar, too'],
  [{ delimiter: '|', escapechar: '|' }, 'The delimiter of x is the escapechar, too'],
])('refuses characters that tell nothing apart: %j', async (dialect, message) => {
  const path = await write('plain.csv', 'a\n1\n');
  await expect(rowsOf({ path, ...dialect })).rejects.toMatchObject({
    code: 'files.invalid_dialect',
    message,
  });
});

test('takes tabs for granted in a .tsv file', async () => {
  expect(await rowsOf({ path: await write('t.tsv', 'a\tb\n1\t2\n') })).toEqual([{ a: '1', b: '2' }]);
});

test('converts text where the schema of the entry says so, without losing digits', async () => {
  const path = await write('typed.csv', 'n,d,b,t\n9007199254740993,1.10,true,\n,x,no,t\n');
  const types = {
    n: { type: ['integer', 'null'] },
    d: { type: ['number', 'null'] },
    b: { type: ['boolean', 'null'] },
  };
  const rows = await rowsOf({ path, schema: types });
  expect(JSON.stringify(rows)).toBe(
    '[{"n":9007199254740993,"d":1.10,"b":true,"t":""},{"n":null,"d":"x","b":false,"t":"t"}]',
  );
});

test('fails at a row that is too long, with file and line', async () => {
  const path = await write('ragged.csv', 'a,b\n1,"2\n2"\n1,2,3\n');
  await expect(rowsOf({ path })).rejects.toMatchObject({ code: 'files.ragged_row', place: { line: 4 } });
});

test('leaves such rows out when asked', async () => {
  const path = await write('ragged.csv', 'a,b\n1\n1,2\n1,2,3\n');
  expect(await rowsOf({ path }, { invalid_rows: 'skip' })).toEqual([{ a: '1', b: '2' }]);
});

test.each([
  ['a quote that is never closed', 'a,b\n1,"2\n', 'files.unclosed_quote', 2],
  ['bytes of another encoding', Buffer.from('a,b\n1,2\n3,\xe9\n', 'latin1'), 'files.invalid_encoding', 3],
  ['an empty file', '', 'files.no_header', 1],
])('fails at %s, with file and line', async (_, content, code, line) => {
  await expect(rowsOf({ path: await write('broken.csv', content) })).rejects.toMatchObject({
    code,
    place: { line },
  });
});

test.each([
  ['little', Buffer.from('\ufeffa,b\n1,é\n', 'utf16le')],
  ['big', Buffer.from('\ufeffa,b\n1,é\n', 'utf16le').swap16()],
])(
  'proposes utf-16 for a file that begins with its mark (%s endian), and reads it so',
  async (_, content) => {
    const path = await write('utf16.csv', content);
    await expect(rowsOf({ path })).rejects.toMatchObject({
      code: 'files.invalid_encoding',
      hint: expect.stringContaining('to utf-16') as string,
    });
    expect(await rowsOf({ path, encoding: 'utf-16' })).toEqual([{ a: '1', b: 'é' }]);
  },
);

test.each([
  ['a,b\n1,2\n', undefined],
  ['a\n1\n', undefined],
  ['a;b\n1;2\n', '";"'],
  ['a\tb\n1\t2\n', '"\\t"'],
])('a file that seems to have another delimiter is told of: %j', async (content, meant) => {
  const path = await write('delimiter.csv', content);
  const lines: string[] = [];
  const open = await tapCsv.open({
    ...contextOf({ files: [{ entity: 'x', path }] }),
    log: { log: (level, text) => void lines.push(`${level}: ${text}`) },
  });
  for await (const _ of open.read('record'));
  await open.close();
  const told = `warning: ${path} has one column, ${JSON.stringify(content.split('\n')[0])}: set the delimiter of the file to ${meant} if these are several`;
  expect(lines).toEqual(meant === undefined ? [] : [told]);
});

test('says which path matches no file', async () => {
  await expect(rowsOf({ path: join(folder, 'nothing-*.csv') })).rejects.toMatchObject({
    code: 'files.not_found',
  });
});

test('adds where a record comes from', async () => {
  const path = await write('meta.csv', 'a\n"1\n1"\n2\n');
  await utimes(path, new Date('2024-01-02T03:04:05Z'), new Date('2024-01-02T03:04:05Z'));
  const [first, second] = (await rowsOf({ path }, { add_metadata_columns: true })) ?? [];
  expect(first).toEqual({
    _sdc_source_file: path,
    _sdc_source_file_mtime: '2024-01-02T03:04:05.000000Z',
    _sdc_source_lineno: 2,
    a: '1\n1',
  });
  expect(second).toMatchObject({ _sdc_source_lineno: 4 });
});

test('with only_modified reads a file again only when it has changed, and a new one although it is older', async () => {
  const one = await write('part-1.csv', 'id\n1\n');
  const two = await write('part-2.csv', 'id\n2\n');
  const config = { files: [{ entity: 'x', path: join(folder, 'part-*.csv'), only_modified: true }] };
  const first = await read(config);
  expect(first.streams.get('x')?.records.map((record) => record['id'])).toEqual(['1', '2']);
  const second = await read(config, first.state);
  expect(second.streams.get('x')?.records).toEqual([]);
  expect(second.state).toEqual(first.state);
  await writeFile(two, 'id\n2\n3\n');
  const old = await write('part-0.csv', 'id\n0\n');
  await utimes(old, 0, 0);
  const third = await read(config, second.state);
  expect(third.streams.get('x')?.records.map((record) => record['id'])).toEqual(['0', '2', '3']);
  await rm(one);
  const fourth = await read(config, third.state);
  expect(fourth.streams.get('x')?.records).toEqual([]);
});

test('with a replication key leaves out what is older', async () => {
  const path = await write(
    'log.csv',
    'id,at\n1,2024-01-01T00:00:00Z\n2,2024-01-02T00:00:00+01:00\n3,2024-01-03\n',
  );
  const at = { type: ['string', 'null'], format: 'date-time' };
  const config = { files: [{ entity: 'x', path, replication_key: 'at', schema: { at } }] };
  const state = {
    bookmarks: { x: { replication_key: 'at', replication_key_value: '2024-01-01T23:00:00Z' } },
  };
  const { streams, state: after } = await read(config, state);
  expect(streams.get('x')?.records.map((record) => record['id'])).toEqual(['2', '3']);
  expect(after).toEqual({
    bookmarks: { x: { replication_key: 'at', replication_key_value: '2024-01-03T00:00:00Z' } },
  });
});

describe('a replication key', () => {
  const keyed = async (schema: JsonObject, more: JsonObject = {}) => {
    const path = await write('numbers.csv', 'id,n\n99,a\n100,b\n');
    return rowsOf({ path, replication_key: 'id', ...(schema === none ? {} : { schema }), ...more });
  };
  const none: JsonObject = {};

  test.each<[string, JsonObject]>([
    ['no schema at all', none],
    ['a schema of another column', { n: { type: 'integer' } }],
    ['a schema that says nothing', { id: { title: 'Number' } }],
  ])('with %s is refused, with the schema to write', async (_, schema) => {
    await expect(keyed(schema)).rejects.toMatchObject({
      code: 'files.invalid_definition',
      message: expect.stringContaining('"id" of x has no type') as string,
      hint: expect.stringContaining('"schema": {"id": {"type": ["integer", "null"]}}') as string,
    });
  });

  test('is taken with its type, as text on purpose, or where files count and not records', async () => {
    expect(await keyed({ id: { type: 'integer' } })).toMatchObject([{ id: 99 }, { id: 100 }]);
    expect(await keyed({ id: { type: 'string' } })).toMatchObject([{ id: '99' }, { id: '100' }]);
    expect(await keyed(none, { only_modified: true })).toHaveLength(2);
  });
});

test('a column that the catalog is too old to know is told of', async () => {
  const path = await write('older.csv', 'a\n1\n');
  const config = { files: [{ entity: 'x', path, only_modified: true }] };
  const catalog = await tapCsv.discover(contextOf(config));
  await write('older.csv', 'a,b\n1,2\n');
  const logged: string[] = [];
  const log = { log: (level: string, event: string) => void (level === 'warning' && logged.push(event)) };
  const opened = await tapCsv.open({ ...contextOf(config), catalog, log });
  const records: JsonObject[] = [];
  for await (const item of opened.read('record')) if (item.kind === 'records') records.push(...item.records);
  await opened.close();
  expect(records).toEqual([{ _sdc_source_file_mtime: expect.any(String) as string, a: '1' }]);
  expect(logged).toEqual([expect.stringContaining('"b" is not in the schema')]);
});

test('unites the columns of several files', async () => {
  await write('u1.csv', 'a,b\n1,2\n');
  await write('u2.csv', 'b,c\n3,4\n');
  const { streams } = await read({ files: [{ entity: 'x', path: join(folder, 'u?.csv') }] });
  expect(Object.keys(streams.get('x')?.schema.schema['properties'] as JsonObject)).toEqual(['a', 'b', 'c']);
  expect(streams.get('x')?.records).toEqual([
    { a: '1', b: '2' },
    { b: '3', c: '4' },
  ]);
});

test('reads the list of files from a file', async () => {
  const path = await write('plain.csv', 'a\n1\n');
  const definition = await write('files.json', JSON.stringify([{ entity: 'x', path, keys: ['a'] }]));
  const { streams } = await read({ csv_files_definition: definition });
  expect(streams.get('x')?.schema.keyProperties).toEqual(['a']);
});

test('a misspelt member of an entry is refused, with the nearest one', async () => {
  const path = await write('member.csv', 'id\n1\n');
  await expect(rowsOf({ path, delimeter: ';' })).rejects.toMatchObject({
    code: 'config.invalid',
    message:
      "The configuration is not valid: \"files[0]\" has no member 'delimeter' (did you mean 'delimiter'?)",
  });
});
