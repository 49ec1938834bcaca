import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { contextOf } from '../testing/drive-tap.ts';
import type { SourceTable } from './sql-source.ts';
import { sqlTap } from './sql-tap.ts';

/** A tap of tables with one column, each with its own name as the only value. */
function tapOf(
  tables: readonly (readonly [schema: string, name: string])[],
  rows: readonly JsonValue[] = [1],
) {
  const closed: string[] = [];
  const column = { name: 'id', type: 'INT', nullable: true, schema: { type: ['integer'] }, ordered: true };
  const tap = sqlTap({
    name: 'tap-test',
    label: 'Test',
    description: 'Reads what a test holds',
    version: '0.1.0',
    config: defineConfig({}),
    dialect: {
      label: 'Test',
      quote: (name) => `"${name}"`,
      parameter: (position) => `$${position}`,
      nullsFirst: '',
      limit: (sql) => sql,
    },
    connect: async () => ({
      tables: async () =>
        tables.map(
          ([schema, name]): SourceTable => ({ schema, name, isView: false, columns: [column], keys: [] }),
        ),
      describe: async () => [column],
      async *read() {
        yield rows.map((id) => ({ id }));
      },
      close: async () => {
        closed.push('closed');
      },
    }),
  });
  return { tap, closed };
}

test('tables whose names run together get streams of their own, the same in every run', async () => {
  const { tap } = tapOf([
    ['a', 'b-c'],
    ['a-b', 'c'],
  ]);
  const ids = async () => (await tap.discover(contextOf({}))).streams.map((stream) => stream.tap_stream_id);
  const [first, second] = await ids();
  expect(first).toBe('a-b-c');
  expect(second).toMatch(/^a-b-c_[0-9a-f]{8}$/);
  expect(await ids()).toEqual([first, second]);
});

test('the database is closed after a discovery, also one that fails', async () => {
  const { tap, closed } = tapOf([['a', 'b']]);
  await tap.discover(contextOf({}));
  const queries = [{ name: 'q', sql: 'x', keys: ['nope'] }];
  await expect(tap.discover(contextOf({ queries }))).rejects.toMatchObject({ code: 'sql_tap.unknown_key' });
  expect(closed).toHaveLength(2);
});

test('a database without tables, or filters that leave none, are told of', async () => {
  const warned = async (tables: readonly (readonly [string, string])[], config: JsonObject) => {
    const logged: string[] = [];
    const log = { log: (_: string, event: string) => void logged.push(event) };
    await tapOf(tables).tap.discover({ ...contextOf(config), log });
    return logged;
  };
  expect(await warned([], {})).toEqual([expect.stringContaining('in Test: the database has none')]);
  expect(await warned([['a', 'b']], { filter_tables: ['x'] })).toEqual([
    expect.stringContaining('the filters'),
  ]);
  expect(await warned([['a', 'b']], {})).toEqual([]);
});

test('rows that are not in the order of the replication key end the run', async () => {
  const { tap } = tapOf([], [2, 1]);
  const open = await tap.open(contextOf({ queries: [{ name: 'q', sql: 'x', replication_key: 'id' }] }));
  const read = async () => {
    for await (const _ of open.read('record'));
  };
  await expect(read()).rejects.toMatchObject({ code: 'tap.not_sorted' });
  await open.close();
});
