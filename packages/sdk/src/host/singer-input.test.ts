import { Readable } from 'node:stream';
import { type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { silentLog } from '@meltano/foundation/log';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordItem } from '../connector.ts';
import { readSinger } from './singer-input.ts';
import { renderItem } from './singer-output.ts';

async function read(chunks: readonly Uint8Array[]): Promise<readonly RecordItem[]> {
  const items: RecordItem[] = [];
  const input = Readable.from(chunks, { objectMode: false });
  for await (const item of readSinger(input, silentLog, new AbortController().signal)) items.push(item);
  return items;
}

const readText = (text: string) => read([Buffer.from(text)]);
const record = (stream: string, id: number) =>
  `{"type":"RECORD","stream":"${stream}","record":{"id":${id}}}\n`;

test('joins records of one stream that follow each other, and keeps the order', async () => {
  const items = await readText(
    record('a', 1) + record('a', 2) + record('b', 3) + record('a', 4) + '{"type":"STATE","value":{}}',
  );
  expect(
    items.map((item) => (item.kind === 'records' ? `${item.stream}:${item.records.length}` : item.kind)),
  ).toEqual(['a:2', 'b:1', 'a:1', 'state']);
});

test('skips blank lines and reads types in any case', async () => {
  const items = await readText(
    `\ufeff\n \r\n${record('a', 1).toLowerCase()}\n`.replace('"record","stream"', '"Record","stream"'),
  );
  expect(items).toMatchObject([{ kind: 'records', stream: 'a', records: [{ id: 1 }] }]);
});

test.each([
  ['not json', 'singer.invalid_json'],
  ['[]', 'singer.invalid_message'],
  ['{"type":"RECORD","stream":"a"}', 'singer.invalid_message'],
  [`{"type":"RECORD","stream":"a","record":${'['.repeat(20_000)}`, 'singer.nested_too_deeply'],
])('names the line of %.30s', async (line, code) => {
  await expect(readText(`${record('a', 1)}${line}\n`)).rejects.toMatchObject({
    code,
    message: expect.stringContaining('Line 2 of the input') as string,
  });
});

test('what is written is read back, however the bytes are cut', async () => {
  const row = fc.dictionary(
    fc.string(),
    fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string())),
  );
  const item = fc.record({
    stream: fc.constantFrom('a', 'b'),
    rows: fc.array(row, { minLength: 1, maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(item), fc.array(fc.nat(40), { minLength: 1 }), async (given, cuts) => {
      const items = given.map(
        ({ stream, rows }): RecordItem => ({
          kind: 'records',
          stream,
          records: rows as JsonObject[],
          bytes: 0,
        }),
      );
      const bytes = Buffer.from(items.map(renderItem).join(''));
      const chunks: Uint8Array[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = (cuts[turn % cuts.length] ?? 0) + 1;
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      const flat = (all: readonly RecordItem[]) =>
        all.flatMap((each) =>
          each.kind === 'records' ? each.records.map((one) => stringifyJson([each.stream, one])) : [],
        );
      expect(flat(await read(chunks))).toEqual(flat(items));
    }),
  );
});

test('counts NaN and Infinity with the records they stand in', async () => {
  const items = await readText(record('a', Number.NaN) + record('a', -Infinity) + record('b', 1));
  expect(items).toMatchObject([
    { stream: 'a', records: [{ id: null }, { id: null }], notNumbers: 2 },
    { stream: 'b', records: [{ id: 1 }] },
  ]);
  expect(items[1]).not.toHaveProperty('notNumbers');
});

test('a record that is nested too deeply to be written names its stream', () => {
  let value: JsonValue = 1;
  for (let level = 0; level < 20_000; level += 1) value = [value];
  const item: RecordItem = { kind: 'records', stream: 'deep', records: [{ value }], bytes: 1 };
  expect(() => renderItem(item)).toThrow(
    expect.objectContaining({
      code: 'host.nested_too_deeply',
      message: expect.stringContaining('of stream deep') as string,
    }),
  );
});
