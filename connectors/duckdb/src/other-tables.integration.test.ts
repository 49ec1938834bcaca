import type { RecordItem } from '@meltano/sdk/connector';
import { describe, expect, test } from 'vitest';
import { load, newPath, records, schema, text } from './load.test.support.ts';
import { readRows } from './read-rows.test.support.ts';

const rowsOf = (path: string) => readRows(path, 'SELECT * REPLACE (id::INT AS id) FROM t ORDER BY id');
const numbersOf = async (path: string, column: string) =>
  (await readRows(path, `SELECT ${column}::INT AS n FROM t ORDER BY id`)).map(({ n }) => n && Number(n));

describe('a table that another program made', () => {
  const activate: RecordItem = { kind: 'activate-version', stream: 't', version: 2 };

  test('may have a primary key, as those of the variant jwills of target-duckdb', async () => {
    const path = newPath();
    await readRows(path, 'CREATE TABLE t (id BIGINT, name VARCHAR, PRIMARY KEY (id))');
    await readRows(path, "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    const rows = [{ id: 1, name: 'c' }, { id: 1 }, { id: 3, name: 'd' }];
    await load({ path }, [schema({ name: text }), records(rows, { version: 2 }), activate]);
    expect(await rowsOf(path)).toMatchObject([
      { name: 'c', _sdc_deleted_at: null },
      { name: 'b', _sdc_deleted_at: expect.any(String) as string },
      { name: 'd', _sdc_deleted_at: null },
    ]);
  });

  test.each([
    ['one row', [{ id: 2, name: 'b' }], [1, 7]],
    [
      'some rows',
      [
        { id: 1, name: 'c' },
        { id: 2, name: 'b' },
      ],
      [1, 7],
    ],
    ['rows that lack a property', [{ id: 1 }, { id: 2, name: 'b' }, { id: 2 }], [1, 7]],
  ])('has its defaults in new rows, and its values in others: %s', async (_, rows, found) => {
    const path = newPath();
    await readRows(path, 'CREATE TABLE t (id BIGINT, more BIGINT NOT NULL DEFAULT 7, name VARCHAR)');
    await readRows(path, "INSERT INTO t VALUES (1, 1, 'a')");
    await load({ path }, [schema({ name: text }), records(rows)]);
    expect(await numbersOf(path, 'more')).toEqual(found);
  });

  test('has its defaults where rows are only added', async () => {
    const path = newPath();
    await readRows(path, 'CREATE TABLE t (more BIGINT DEFAULT 7, id BIGINT)');
    await load({ path }, [schema({}, []), records([{ id: 1 }])]);
    expect(await numbersOf(path, 'more')).toEqual([7]);
  });
});
