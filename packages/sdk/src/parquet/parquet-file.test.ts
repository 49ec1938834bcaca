import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@meltano/foundation/json';
import type { RowGroup, SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, test } from 'vitest';
import { openFile } from '../file/source-file.ts';
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
