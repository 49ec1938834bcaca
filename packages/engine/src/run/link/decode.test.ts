import { Readable } from 'node:stream';
import type { RecordItem } from '@meltano/sdk/connector';
import { expect, test } from 'vitest';
import { decodeItems } from './decode.ts';

async function decode(...lines: readonly string[]): Promise<readonly RecordItem[]> {
  const stdout = Readable.from([Buffer.from(lines.map((line) => `${line}\n`).join(''))]);
  const items: RecordItem[] = [];
  for await (const item of decodeItems(stdout, { maxLineBytes: 10_000, onUnfinished: () => {} }))
    items.push(item);
  return items;
}

const record = (stream: string, value: string) =>
  `{"type": "RECORD", "stream": "${stream}", "record": {"v": ${value}}}`;

test('reads NaN and Infinity as null and counts them with the records they stand in', async () => {
  const items = await decode(
    record('a', 'NaN'),
    record('a', '[Infinity, 1]'),
    record('b', '-Infinity'),
    record('c', '1'),
  );
  expect(items).toMatchObject([
    { stream: 'a', records: [{ v: null }, { v: [null, 1] }], notNumbers: 2 },
    { stream: 'b', records: [{ v: null }], notNumbers: 1 },
    { stream: 'c', records: [{ v: 1 }] },
  ]);
  expect(items.at(-1)).not.toHaveProperty('notNumbers');
});

test('names the stream of a line that is no JSON', async () => {
  await expect(decode(record('users', '1]'))).rejects.toThrow(/of stream users is not valid JSON/);
});
