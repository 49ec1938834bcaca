import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@meltano/foundation/json';
import type { RowGroup, SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, test } from 'vitest';
import { type OpenFile, openFile } from '../file/source-file.ts';
import type { ColumnNode } from './column-node.ts';
import { openParquet } from './parquet-file.ts';
import { readParts } from './read-parts.ts';

const folder = mkdtempSync(join(tmpdir(), 'parquet-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const leaf = (name: string): ColumnNode => ({ name, isNullable: true, kind: 'leaf', leaf: { kind: 'text' } });

/** A row group with one column of so many bytes in so many pages. */
function group(rows: number, bytes: number, pages?: number): RowGroup {
  const stats = [{ page_type: 'DATA_PAGE', encoding: 'PLAIN', count: pages }];
  const column = {
    path_in_schema: ['a'],
    total_uncompressed_size: BigInt(bytes),
    ...(pages === undefined ? {} : { encoding_stats: stats }),
  };
  return { num_rows: BigInt(rows), columns: [{ meta_data: column }] } as unknown as RowGroup;
}

describe('row groups are read in parts', () => {
  const ranges = (groups: readonly RowGroup[], columns: readonly ColumnNode[] = [leaf('a')]) =>
    [...readParts(groups, columns)].map(({ rowStart, rowEnd }) => [rowStart, rowEnd]);
  const large = 40 * 1024 * 1024;

  test.each<[string, readonly RowGroup[], readonly (readonly number[])[]]>([
    [
      'small ones are whole',
      [group(10, 100, 9), group(5, 100, 9)],
      [
        [0, 10],
        [10, 15],
      ],
    ],
    [
      'large ones are cut',
      [group(10, large, 9)],
      [
        [0, 4],
        [4, 8],
        [8, 10],
      ],
    ],
    [
      'but not into more parts than pages',
      [group(10, large, 2)],
      [
        [0, 5],
        [5, 10],
      ],
    ],
    ['nor where nobody has counted the pages', [group(10, large)], [[0, 10]]],
    ['empty ones give nothing', [group(0, 0, 0), group(1, 1, 1)], [[0, 1]]],
  ])('%s', (_, groups, wanted) => {
    expect(ranges(groups)).toEqual(wanted);
  });

  test('columns that are not wanted do not count, lists are read whole', () => {
    expect(ranges([group(10, large, 9)], [leaf('b')])).toEqual([[0, 10]]);
    const list: ColumnNode = { name: 'a', isNullable: true, kind: 'list', element: leaf('x') };
    expect(ranges([group(10, large, 9)], [list])).toEqual([[0, 10]]);
  });

  test('and lose no row', async () => {
    const rows = 60_000;
    const names = Array.from({ length: 20 }, (_, at) => `c${at}`);
    const columnData = names.map((name, at) => ({
      name,
      data: Int32Array.from({ length: rows }, (_, row) => row + at),
    }));
    const path = join(folder, 'pages.parquet');
    const content = parquetWriteBuffer({ columnData, rowGroupSize: rows, pageSize: 16_384 });
    writeFileSync(path, Buffer.from(content));
    const file = await openFile({ name: 'pages', path, bytes: statSync(path).size });
    const starts: number[] = [];
    const found: JsonObject[] = [];
    try {
      for await (const { records, firstRow } of (await openParquet(file, 'pages')).read()) {
        starts.push(firstRow);
        found.push(...records);
      }
    } finally {
      await file.close();
    }
    expect(found).toHaveLength(rows);
    expect(found.every((record, row) => record['c0'] === row && record['c19'] === row + 19)).toBe(true);
    // Two parts of 30,000 rows, each in pieces of 2,000.
    expect(starts).toEqual(Array.from({ length: 30 }, (_, at) => at * 2_000 + 1));
  });
});

test('a column with fewer values than rows is no column with nulls at its end', async () => {
  const path = join(folder, 'few.parquet');
  const output = new ByteWriter();
  const schema: SchemaElement[] = [
    { name: 'root', num_children: 1 },
    { name: 'id', type: 'INT32', repetition_type: 'REQUIRED' },
  ];
  const writer = new ParquetWriter({ writer: output, schema });
  await writer.write({ columnData: [{ name: 'id', data: Int32Array.from([1, 2, 3]) }] });
  for (const written of writer.row_groups) written.num_rows = 4n;
  writer.num_rows = 4n;
  await writer.finish();
  writeFileSync(path, output.getBytes());
  const file = await openFile({ name: 'few', path, bytes: statSync(path).size });
  const parquet = await openParquet(file, 'few');
  const read = async () => {
    for await (const { records } of parquet.read()) return records;
    return [];
  };
  await expect(read()).rejects.toMatchObject({
    code: 'files.invalid_content',
    message: 'few has fewer values of column "id" than rows',
  });
  await file.close();
});

describe('a damaged file fails where it is read, and nowhere else', () => {
  const seen: unknown[] = [];
  const see = (reason: unknown) => void seen.push(reason);
  process.on('unhandledRejection', see);
  afterAll(() => void process.off('unhandledRejection', see));

  const rows = 50;
  const values = <T>(make: (row: number) => T) => Array.from({ length: rows }, (_, row) => make(row));
  const whole = Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: values((row) => row), type: 'INT32' },
        { name: 'pair', data: values((row) => ({ a: row, b: `b${row}` })) },
        { name: 'text', data: values((row) => `t${row}`), type: 'STRING' },
      ],
      rowGroupSize: 20,
    }),
  );
  const memory = (bytes: Buffer, held = bytes.length): OpenFile => ({
    byteLength: bytes.length,
    read: async (start, end) => new Uint8Array(bytes.subarray(start, Math.min(end, held))),
    close: async () => {},
  });
  /** The message of the failure, or the number of rows. */
  const outcome = async (file: OpenFile): Promise<string | number> => {
    try {
      let count = 0;
      for await (const { records } of (await openParquet(file, 'x')).read()) count += records.length;
      return count;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      // Rejections are told of after the promises that wait have had their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const rawMessage = /of undefined|DataView|is not a function|iterable|bounds|array length|BigInt/i;

  test('whichever bit of its footer is wrong', async () => {
    expect(await outcome(memory(whole))).toBe(rows);
    const footer = whole.readUInt32LE(whole.length - 8);
    const told = new Set<string | number>();
    for (let at = whole.length - 8 - footer; at < whole.length - 4; at += 1) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      told.add(await outcome(memory(bytes)));
    }
    expect(seen).toEqual([]);
    const messages = [...told].filter((each) => typeof each === 'string');
    expect(messages.length).toBeGreaterThan(3);
    expect([...told].filter((each) => typeof each === 'number')).toEqual([rows]);
    expect(messages.filter((each) => !each.startsWith('x ') || rawMessage.test(each))).toEqual([]);
  });

  test('although it shrinks while it is read', async () => {
    const told = new Set<string>();
    for (let held = 4; held < whole.length - 8; held += 16) {
      let isShrunk = false;
      const read: OpenFile['read'] = (start, end) =>
        memory(whole, isShrunk ? held : whole.length).read(start, end);
      const parquet = await openParquet({ ...memory(whole), read }, 'x');
      isShrunk = true;
      const readAll = async () => {
        for await (const _ of parquet.read());
      };
      await readAll().catch((error: unknown) => void told.add(error instanceof Error ? error.message : ''));
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect([...told]).toEqual(['x is shorter than it says']);
    expect(seen).toEqual([]);
  });
});
