import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ExactNumber, type JsonObject, stringifyJson } from '@meltano/foundation/json';
import { afterAll, describe, expect, test } from 'vitest';
import type { RecordItem } from '../connector.ts';
import { parseBatchConfig } from './batch-config.ts';
import { readBatches } from './read-batches.ts';
import { writeBatches } from './write-batches.ts';

const folder = mkdtempSync(join(tmpdir(), 'batches-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function all(items: AsyncIterable<RecordItem>): Promise<readonly RecordItem[]> {
  const found: RecordItem[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function* each(items: readonly RecordItem[]): AsyncGenerator<RecordItem> {
  yield* items;
}

const records = (rows: readonly JsonObject[], stream = 't', more: JsonObject = {}): RecordItem =>
  ({ kind: 'records', stream, records: rows, bytes: 10, ...more }) as RecordItem;
const ids = (...numbers: readonly number[]) => numbers.map((id) => ({ id }));
const schema: RecordItem = { kind: 'schema', stream: 't', schema: {}, keyProperties: [] };
const state = (value: number): RecordItem => ({ kind: 'state', value });
const batch = (
  manifest: readonly string[],
  encoding: JsonObject = { format: 'jsonl', compression: 'gzip' },
): RecordItem => ({
  kind: 'other',
  body: { type: 'BATCH', stream: 't', encoding, manifest },
});

let number = 0;
function file(content: string | Buffer): string {
  const path = join(folder, `given ${++number}`);
  writeFileSync(path, content);
  return path;
}
const pathOf = (item: RecordItem | undefined) => {
  const body = item?.kind === 'other' ? item.body : {};
  return fileURLToPath((body['manifest'] as readonly string[])[0] ?? '');
};
const url = (path: string) => pathToFileURL(path).href;

describe('batches that come in', () => {
  const text = '{"id":1}\n{"id":12345678901234567890}\n\n{"id":3}';
  const rows = [{ id: 1 }, { id: new ExactNumber('12345678901234567890') }, { id: 3 }];

  test.each<[string, string | Buffer, string]>([
    ['plain, as it says', text, 'none'],
    ['plain, although it says gzip', text, 'gzip'],
    ['gzip, as it says', gzipSync(text), 'gzip'],
    ['gzip, although it says none', gzipSync(text), 'none'],
  ])('%s, are records at their place', async (_, content, compression) => {
    const place = file(content);
    const found = await all(
      readBatches(
        each([schema, records(ids(0)), batch([url(place)], { format: 'jsonl', compression }), state(1)]),
      ),
    );
    expect(found.map(({ kind }) => kind)).toEqual(['schema', 'records', 'records', 'state']);
    expect(found[2]).toMatchObject({ stream: 't', records: rows });
    expect(existsSync(place)).toBe(true);
  });

  test('may be files with byte order marks, put together', async () => {
    const marked = ids(1, 2, 3, 4).map((row) => `\ufeff${JSON.stringify(row)}\n`);
    const found = await all(readBatches(each([batch([url(file(marked.join('')))])])));
    expect(found).toMatchObject([{ records: ids(1, 2, 3, 4) }]);
  });

  test('come in pieces, file after file, also in the other dialect', async () => {
    const many = Array.from({ length: 4_500 }, (_, id) => `{"id":${id}}`).join('\n');
    const found = await all(readBatches(each([batch([url(file(many)), file(text)])])));
    expect(found.map((item) => (item.kind === 'records' ? item.records.length : 0))).toEqual([
      2_000, 2_000, 500, 3,
    ]);
    const other: RecordItem = {
      kind: 'other',
      body: { type: 'BATCH', stream: 't', filepath: file(text), format: 'jsonl', compression: 'gzip' },
    };
    expect(await all(readBatches(each([other])))).toMatchObject([{ records: rows }]);
  });

  test.each<[string, RecordItem, string]>([
    ['elsewhere', batch(['s3://bucket/x.json.gz']), 'batch.unsupported'],
    ['of another format', batch([url(join(folder, 'x'))], { format: 'arrow' }), 'batch.unsupported'],
    ['that are broken Parquet', batch([url(file('PAR1…'))]), 'batch.invalid_file'],
    ['that should be Parquet', batch([url(file('{"id":1}'))], { format: 'parquet' }), 'batch.invalid_file'],
    ['that are not there', batch([url(join(folder, 'none'))]), 'batch.unreadable'],
    ['that are broken gzip', batch([url(file(gzipSync(text).subarray(0, 20)))]), 'batch.unreadable'],
    ['that are no JSON', batch([url(file('{"id":1}\nid,name\n'))]), 'batch.invalid_file'],
    ['of lists', batch([url(file('[1]\n'))]), 'batch.invalid_file'],
    ['of no name', { kind: 'other', body: { type: 'BATCH', stream: 't' } }, 'batch.unsupported'],
  ])('%s are refused', async (_, item, code) => {
    await expect(all(readBatches(each([item])))).rejects.toMatchObject({ code });
  });

  test('of another type are left to the target', async () => {
    const other: RecordItem = { kind: 'other', body: { type: 'NEWS' } };
    expect(await all(readBatches(each([other])))).toEqual([other]);
  });
});

describe('batches that go out', () => {
  const options = (more: JsonObject = {}) => {
    const root = join(folder, `out ${++number}`);
    const config = { batch_config: { storage: { root: `file://${root}`, prefix: 'p-' }, ...more } };
    return {
      root,
      options: parseBatchConfig(config, 'tap-x') as NonNullable<ReturnType<typeof parseBatchConfig>>,
    };
  };

  test('hold so many records, are named like those of the Meltano SDK, and come before a state', async () => {
    const { root, options: given } = options({ batch_size: 2 });
    const items = [schema, records(ids(1, 2, 3)), records(ids(4), 'u'), state(1), records(ids(5)), state(2)];
    const found = await all(writeBatches(each(items), given));
    expect(
      found.map((item) => (item.kind === 'other' ? `BATCH ${String(item.body['stream'])}` : item.kind)),
    ).toEqual(['schema', 'BATCH t', 'BATCH t', 'BATCH u', 'state', 'BATCH t', 'state']);
    expect(readdirSync(root)).toHaveLength(4);
    expect(pathOf(found[1])).toMatch(/\/p-tap-x--t-[-0-9a-f]{36}-1\.json\.gz$/);
    expect(gunzipSync(readFileSync(pathOf(found[1]))).toString()).toBe('{"id":1}\n{"id":2}\n');
    const read = await all(readBatches(each(found)));
    expect(read.flatMap((item) => (item.kind === 'records' ? item.records : []))).toEqual(ids(1, 2, 3, 4, 5));
  });

  test('say truly that they are not compressed', async () => {
    const { options: given } = options({ encoding: { format: 'jsonl', compression: 'none' } });
    const [item] = await all(writeBatches(each([records(ids(1))]), given));
    expect(item).toMatchObject({ body: { encoding: { format: 'jsonl', compression: 'none' } } });
    expect(readFileSync(pathOf(item), 'utf8')).toBe('{"id":1}\n');
  });

  test('end before another schema of their stream; records with a version are no part of them', async () => {
    const { options: given } = options();
    const items = [records(ids(1)), schema, records(ids(2), 't', { version: 1 })];
    const found = await all(writeBatches(each(items), given));
    expect(found.map(({ kind }) => kind)).toEqual(['other', 'schema', 'records']);
  });

  test('leave no file without message behind when the input breaks off', async () => {
    const { root, options: given } = options();
    const breaks = async function* (): AsyncGenerator<RecordItem> {
      yield records(ids(1));
      throw new Error('gone');
    };
    await expect(all(writeBatches(breaks(), given))).rejects.toThrow('gone');
    expect(readdirSync(root)).toEqual([]);
  });

  test.each<[JsonObject]>([
    [{ encoding: { format: 'arrow' } }],
    [{ encoding: { compression: 'zip' } }],
    [{ storage: { root: 's3://bucket' } }],
    [{ storage: {} }],
    [{ batch_size: 0 }],
  ])('%j is no configuration', (more) => {
    expect(() => options(more)).toThrow('batch_config');
  });
});

describe('batches of Parquet', () => {
  const typed: JsonObject = {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      big: { type: ['integer', 'null'] },
      amount: { type: ['number', 'null'], multipleOf: 0.01 },
      ratio: { type: ['null', 'number'] },
      ok: { type: ['boolean', 'null'] },
      day: { type: ['string', 'null'], format: 'date' },
      at: { type: ['string'], format: 'date-time' },
      tags: { type: ['array', 'null'], items: { type: ['string', 'null'] } },
      place: {
        type: ['object', 'null'],
        properties: {
          city: { type: ['string', 'null'] },
          lines: { type: 'array', items: { type: 'integer' } },
        },
      },
      open: { type: 'object', additionalProperties: true },
      mixed: { type: ['integer', 'string'] },
      any: {},
    },
  };
  const typedSchema: RecordItem = { kind: 'schema', stream: 't', schema: typed, keyProperties: [] };
  const full = {
    id: 1,
    big: new ExactNumber('9223372036854775807'),
    amount: new ExactNumber('12345678901234567890.10'),
    ratio: 0.1,
    ok: false,
    day: '2024-01-02',
    at: '2024-01-02T03:04:05.678901+02:00',
    tags: ['a', null, 'é'],
    place: { city: 'x', lines: [1, 2] },
    open: { a: { b: new ExactNumber('1.10') } },
    mixed: 'seven',
    any: [1, 'x', null],
  };
  const sparse = { id: 2, at: 'x', tags: [], place: { lines: [] }, open: {}, mixed: 7, any: null };

  async function roundTrip(items: readonly RecordItem[], config: JsonObject = {}) {
    const root = join(folder, `parquet ${++number}`);
    const batchConfig = { encoding: { format: 'parquet', ...config }, storage: { root }, batch_size: 3 };
    const options = parseBatchConfig({ batch_config: batchConfig }, 'tap-x');
    const sent = await all(writeBatches(each(items), options as NonNullable<typeof options>));
    const read = await all(readBatches(each(sent)));
    return { root, sent, records: read.flatMap((item) => (item.kind === 'records' ? item.records : [])) };
  }

  test.each(['gzip', 'none'])('give back what went in (%s)', async (compression) => {
    const items = [typedSchema, records([full, sparse, full]), records([sparse]), state(1)];
    const { root, sent, records: found } = await roundTrip(items, { compression });
    expect(sent.map(({ kind }) => kind)).toEqual(['schema', 'other', 'other', 'state']);
    expect(sent[1]).toMatchObject({ body: { encoding: { format: 'parquet', compression } } });
    expect(readdirSync(root).every((name) => name.endsWith('.parquet'))).toBe(true);
    // What is absent and may be null is null afterwards; what may not be null stays absent.
    const nulls = { big: null, amount: null, ratio: null, ok: null, day: null };
    const filled = { ...sparse, ...nulls, place: { city: null, lines: [] } };
    const texts = (rows: readonly JsonObject[]) =>
      rows.map((row) => JSON.parse(stringifyJson(row, undefined)) as unknown);
    expect(texts(found)).toEqual(texts([full, filled, full, filled]));
    expect(found[0]).toMatchObject({ big: full.big, amount: full.amount, open: full.open });
  });

  test('are read whatever the message says of their format, and when they are gzip as a whole', async () => {
    const { sent } = await roundTrip([typedSchema, records([full])]);
    const path = pathOf(sent[1]);
    const wrapped = file(gzipSync(readFileSync(path)));
    for (const item of [batch([url(path)]), batch([url(wrapped)], { format: 'parquet' })]) {
      const [, found] = await all(readBatches(each([typedSchema, item])));
      expect(found).toMatchObject({
        kind: 'records',
        records: [{ id: 1, day: '2024-01-02', tags: full.tags }],
      });
    }
    const cut = file(gzipSync(readFileSync(path)).subarray(0, 50));
    await expect(all(readBatches(each([batch([url(cut)], { format: 'parquet' })])))).rejects.toMatchObject({
      code: 'batch.unreadable',
    });
  });

  test.each<[string, JsonObject]>([
    ['a whole number beyond 64 bits', { big: new ExactNumber('9223372036854775808') }],
    ['more places than the schema says', { amount: 0.001 }],
    ['more digits than a double keeps', { ratio: new ExactNumber('0.1234567890123456789') }],
    ['a property that the schema does not have', { other: 1 }],
    ['text where the schema says integer', { id: 'x' }],
  ])('are refused for %s, and nothing is left behind', async (_, more) => {
    const items = [typedSchema, records([{ ...sparse, ...more }])];
    await expect(roundTrip(items)).rejects.toMatchObject({
      code: 'batch.not_in_parquet',
      message: expect.stringContaining(`Property ${Object.keys(more)[0]} of stream t`) as string,
    });
    expect(readdirSync(join(folder, `parquet ${number}`))).toEqual([]);
  });

  test('are refused for a schema without properties', async () => {
    await expect(roundTrip([schema, records([{}])])).rejects.toMatchObject({ code: 'batch.not_in_parquet' });
  });
});
