import { type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import { describe, expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { configError } from '../config/errors.ts';
import { contextOf } from '../testing/drive-tap.ts';
import type { SourceColumn, SourceTable, SourceValue } from './sql-source.ts';
import { sqlTap } from './sql-tap.ts';

/** A tap of tables with one column, each with its own name as the only value. */
function tapOf(
  tables: readonly (readonly [schema: string, name: string])[],
  rows: readonly SourceValue[] = [1],
  more: Partial<SourceColumn> = {},
) {
  const closed: string[] = [];
  const column = {
    name: 'id',
    type: 'INT',
    nullable: true,
    schema: { type: ['integer'] } as JsonObject,
    ordered: true,
    ...more,
  };
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
      async describe(sql) {
        if (sql === 'wrong') throw new Error('syntax error at "wrong"\nLINE 1: wrong');
        if (sql === 'lost') throw configError('unreadable', { message: 'the connection is lost' });
        return [column];
      },
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

test('what a discovery has told of is not told again by the run that has its catalog', async () => {
  const logged: string[] = [];
  const context = { ...contextOf({}), log: { log: (_: string, event: string) => void logged.push(event) } };
  const { tap } = tapOf([]);
  const catalog = await tap.discover(context);
  for (const more of [{ catalog }, {}]) await (await tap.open({ ...context, ...more })).close();
  const text = expect.stringContaining('There are no tables to read');
  expect(logged).toEqual([text, text]);
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

describe('the setting queries', () => {
  const discover = (query: JsonObject) => tapOf([]).tap.discover(contextOf({ queries: [query] }));

  test('a query that the database refuses is named, with the setting', async () => {
    await expect(discover({ name: 'big', sql: 'wrong' })).rejects.toMatchObject({
      code: 'sql_tap.invalid_query',
      category: 'invalid',
      message: 'Test refuses the query "big": syntax error at "wrong"',
      hint: expect.stringMatching(/^correct the sql of "big" in the setting queries; /),
    });
    await expect(discover({ name: 'big', sql: 'lost' })).rejects.toMatchObject({ code: 'config.unreadable' });
  });

  test.each<[JsonObject, string]>([
    [{ name: 'q', sqll: 'x' }, "has no member 'sqll' (did you mean 'sql'?)"],
    [{ name: 'q', query: 'x' }, "has no member 'query' (it can have name, sql, keys, replication_key)"],
  ])('a member that there is not is named, with those that there are: %j', async (query, text) => {
    await expect(discover(query)).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining(`"queries[0]" ${text}`),
    });
  });
});

describe('values that are not of the type that the schema says', () => {
  const read = async (schema: JsonObject, values: readonly SourceValue[]) => {
    const logged: string[] = [];
    const log = { log: (level: string, event: string) => void (level === 'warning' && logged.push(event)) };
    const { tap } = tapOf([['s', 't']], values, { schema });
    const open = await tap.open({ ...contextOf({}), log });
    const found: JsonValue[] = [];
    for await (const item of open.read('record'))
      if (item.kind === 'records') found.push(...item.records.map((record) => record['id'] ?? null));
    await open.close();
    return { text: stringifyJson(found), logged };
  };
  const big = '12345678901234567890';

  test.each<[JsonObject, readonly SourceValue[], string]>([
    [{ type: 'integer' }, ['4991', big, '-1', 7, 8n, null], `[4991,${big},-1,7,8,null]`],
    [{ type: ['number', 'null'] }, ['1.10', '1e3', 0.5, 12345678901234567890n], `[1.10,1e3,0.5,${big}]`],
    [{ type: ['string'] }, ['4991'], '["4991"]'],
    [{ type: ['integer', 'string'] }, ['4991', 1], '["4991",1]'],
    [{ type: 'string', format: 'date-time' }, [new Date(0)], '["1970-01-01T00:00:00.000Z"]'],
    [{ type: ['array', 'object'] }, [[1], { a: 1 }], '[[1],{"a":1}]'],
    [{}, ['1', 2, true], '["1",2,true]'],
  ])('%j takes what fits it (%#)', async (schema, values, text) => {
    expect((await read(schema, values)).text).toBe(text);
  });

  test.each<[JsonObject, SourceValue, string]>([
    [{ type: 'integer' }, 'secret', 'integer, but the connector read a text'],
    [{ type: 'integer' }, '1.5', 'integer, but the connector read a text'],
    [{ type: 'integer' }, 1.5, 'integer, but the connector read a number'],
    [{ type: ['number', 'null'] }, '', 'number or null, but the connector read a text'],
    [{ type: 'boolean' }, 1, 'boolean, but the connector read a number'],
    [{ type: 'string' }, 1, 'string, but the connector read a number'],
    [{ type: 'string' }, { a: 1 }, 'string, but the connector read an object'],
    [{ type: 'string', format: 'date' }, new Date(0), 'string, but the connector read a Date'],
  ])('%j takes nothing else (%#)', async (schema, value, text) => {
    await expect(read(schema, [null, value])).rejects.toMatchObject({
      code: 'sql_tap.wrong_type',
      message: `The column "id" (INT) of stream s-t is declared as ${text}`,
    });
  });

  test('what is no number is null, and counted by column', async () => {
    const { text, logged } = await read({ type: 'number' }, [Number.NaN, '-Infinity', 1]);
    expect(text).toBe('[null,null,1]');
    expect(logged).toEqual([expect.stringMatching(/^2 values of "id" in stream s-t are NaN or infinite/)]);
  });
});
