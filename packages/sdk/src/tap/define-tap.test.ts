import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { type Log, silentLog } from '@meltano/foundation/log';
import type { Catalog } from '@meltano/singer/catalog';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import type { RecordItem } from '../connector.ts';
import { systemClock } from '../host/system-clock.ts';
import { type Infer, s } from '../schema/schema.ts';
import { defineTap } from './define-tap.ts';
import { defineStream, type Stream } from './stream.ts';

const row = s.object({ id: s.integer(), name: s.string().nullable(), at: s.dateTime().nullable() });

function tapOf(...streams: readonly Stream[]) {
  return defineTap({
    name: 'tap-x',
    label: 'X',
    description: 'Reads X',
    version: '1.0.0',
    config: defineConfig({}),
    streams: ({ defer }) => {
      defer(() => void closed.push('source'));
      return streams;
    },
  });
}

const closed: string[] = [];

function stream(more: Partial<Parameters<typeof defineStream<Infer<typeof row>>>[0]> = {}): Stream {
  return defineStream({
    name: 'rows',
    schema: row,
    keys: ['id'],
    async *records() {
      yield [{ id: 1, name: 'a', at: '2024-01-01T00:00:00Z' }, { id: 2 }];
    },
    ...more,
  });
}

async function read(
  streams: readonly Stream[],
  more: { readonly catalog?: Catalog; readonly state?: JsonValue; readonly log?: Log } = {},
) {
  const open = await tapOf(...streams).open({
    config: {},
    log: silentLog,
    clock: systemClock,
    signal: new AbortController().signal,
    ...more,
  });
  const items: RecordItem[] = [];
  try {
    for await (const item of open.read('record')) items.push(item);
  } finally {
    await open.close();
  }
  return items;
}

function entry(more: JsonObject = {}, metadata: JsonObject = {}): Catalog {
  const own = {
    tap_stream_id: 'rows',
    stream: 'rows',
    schema: row.json,
    metadata: [{ breadcrumb: [], metadata: { selected: true, ...metadata } }],
    ...more,
  };
  return { streams: [own] } as unknown as Catalog;
}

test('a record has the static type of its schema', () => {
  expectTypeOf<Infer<typeof row>['name']>().toEqualTypeOf<string | null | undefined>();
  // @ts-expect-error: a record without its key is refused by the compiler
  const wrong: Infer<typeof row> = { name: 'x' };
  expect(wrong).toBeDefined();
});

test('sends schema, records and state of each stream, and closes the source', async () => {
  closed.length = 0;
  expect(await read([stream()])).toMatchObject([
    { kind: 'schema', stream: 'rows', keyProperties: ['id'] },
    { kind: 'records', records: [{ id: 1, name: 'a', at: '2024-01-01T00:00:00Z' }, { id: 2 }] },
    { kind: 'state', value: { bookmarks: { rows: {} } } },
  ]);
  expect(closed).toEqual(['source']);
});

test('keeps what the state has of others', async () => {
  const state = { bookmarks: { gone: { x: 1 } }, currently_syncing: 'gone', own: [1] };
  const items = await read([stream()], { state });
  expect(items.at(-1)).toEqual({
    kind: 'state',
    value: { ...state, bookmarks: { gone: { x: 1 }, rows: {} } },
  });
});

describe('the catalog decides', () => {
  const incremental = stream({ replicationKey: 'at' });
  const schemaOf = (items: readonly RecordItem[]) => items.find((item) => item.kind === 'schema');

  test('about the name in messages, the key and the schema', async () => {
    const properties = { id: { type: 'string' }, name: { type: 'string' } };
    const items = await read([stream()], {
      catalog: entry({ stream: 'renamed', schema: { properties } }, { 'table-key-properties': ['name'] }),
    });
    expect(schemaOf(items)).toEqual({
      kind: 'schema',
      stream: 'renamed',
      schema: { properties },
      keyProperties: ['name'],
    });
    expect(items[1]).toMatchObject({ records: [{ id: 1, name: 'a' }, { id: 2 }] });
  });

  test('about the replication method', async () => {
    const full = await read([incremental], { catalog: entry({ replication_method: 'FULL_TABLE' }) });
    expect(full.at(-1)).toMatchObject({ value: { bookmarks: { rows: {} } } });
    const items = await read([incremental], { catalog: entry({ replication_method: '' }) });
    expect(schemaOf(items)).toMatchObject({ bookmarkProperties: ['at'] });
    expect(items.at(-1)).toMatchObject({
      value: {
        bookmarks: { rows: { replication_key: 'at', replication_key_value: '2024-01-01T00:00:00Z' } },
      },
    });
  });

  test('and is told where it wants a method that the stream does not have', async () => {
    const lines: string[] = [];
    const log = { log: (level: string, text: string) => void lines.push(`${level}: ${text}`) };
    const wish = { 'forced-replication-method': 'FULL_TABLE', 'replication-method': 'INCREMENTAL' };
    const items = await read([stream()], { catalog: entry({}, wish), log });
    expect(items.at(-1)).toMatchObject({ value: { bookmarks: { rows: {} } } });
    expect(lines).toEqual([
      'warning: The catalog wants stream rows to be read as INCREMENTAL, which it cannot be: it is read as FULL_TABLE',
    ]);
    await read([incremental], { catalog: entry({}, { 'replication-method': 'FULL_TABLE' }), log });
    expect(lines).toHaveLength(1);
  });

  describe('about what an open schema lets in', () => {
    const open = (more: JsonObject = {}) =>
      stream({
        schema: s.of({
          type: 'object',
          properties: { id: { type: 'integer' }, name: {}, more: { type: 'object' } },
          additionalProperties: true,
          ...more,
        }),
        async *records() {
          yield [{ id: 1, name: 'a', extra: 1, other: 2, more: { a: 1, b: 2 } }] as never;
        },
      });
    const deselect = (...path: readonly string[]) => ({
      breadcrumb: path.flatMap((name) => ['properties', name]),
      metadata: { selected: false },
    });
    const recordOf = async (given: Stream, catalog: Catalog) => {
      const item = (await read([given], { catalog })).find(({ kind }) => kind === 'records');
      return item?.kind === 'records' ? item.records[0] : undefined;
    };
    const catalogOf = (given: Stream, ...paths: readonly (readonly string[])[]) =>
      entry({
        schema: given.schema.json,
        metadata: [
          { breadcrumb: [], metadata: { selected: true } },
          ...paths.map((path) => deselect(...path)),
        ],
      });
    const all = { id: 1, name: 'a', extra: 1, other: 2, more: { a: 1, b: 2 } };
    const { name: _name, ...withoutName } = all;
    const { extra: _extra, ...withoutExtra } = all;

    test.each<[string, readonly (readonly string[])[], JsonObject]>([
      ['nothing', [], all],
      ['a property that the schema names', [['name']], withoutName],
      ['one that it does not name', [['extra']], withoutExtra],
      ['one inside of an object', [['more', 'a']], { ...all, more: { b: 2 } }],
      ['a key, which is sent all the same', [['id']], all],
    ])('deselected is %s', async (_, paths, wanted) => {
      for (const given of [open(), { ...open(), exact: true }])
        expect(await recordOf(given, catalogOf(given, ...paths))).toEqual(wanted);
    });

    test('a catalog whose schema lacks a property of the stream does not want it', async () => {
      const given = open();
      const { name: _, ...properties } = given.schema.json['properties'] as JsonObject;
      const catalog = entry({ schema: { ...given.schema.json, properties } });
      expect(await recordOf(given, catalog)).toEqual(withoutName);
    });

    test('an object that the catalog does not describe is sent whole', async () => {
      const more = { type: 'object', properties: { a: {}, b: {} } };
      const given = open({ properties: { id: {}, more } });
      const catalog = entry({ schema: { ...given.schema.json, properties: { id: {}, more: {} } } });
      expect(await recordOf(given, catalog)).toEqual(all);
    });
  });

  test.each([
    ['a stream that does not exist', entry({ tap_stream_id: 'other' }), 'tap.unknown_stream'],
    ['INCREMENTAL without a key', entry({ replication_method: 'INCREMENTAL' }), 'tap.no_replication_key'],
    [
      'a replication key that is none',
      entry({}, { 'replication-method': 'INCREMENTAL', 'replication-key': 'name' }),
      'tap.no_replication_key',
    ],
  ])('but not about %s', async (_, catalog, code) => {
    await expect(read([stream()], { catalog })).rejects.toMatchObject({ code, category: 'invalid' });
  });
});

describe('a catalog that was made by hand', () => {
  const selected = { metadata: [{ breadcrumb: [], metadata: { selected: true } }] };

  test.each([
    ['no more than a name', { tap_stream_id: 'rows', ...selected }],
    ['the other name', { stream: 'rows', ...selected }],
    ['an empty schema', { tap_stream_id: 'rows', stream: 'rows', schema: {}, ...selected }],
    ['a schema without properties', { tap_stream_id: 'rows', schema: { type: 'object' }, ...selected }],
  ])('may have %s', async (_, own) => {
    const items = await read([stream()], { catalog: { streams: [own] } as unknown as Catalog });
    expect(items[0]).toMatchObject({
      kind: 'schema',
      stream: 'rows',
      schema: row.json,
      keyProperties: ['id'],
    });
    expect(items[1]).toMatchObject({ records: [{ id: 1, name: 'a' }, { id: 2 }] });
  });

  test('may say the key in either of its places', async () => {
    for (const catalog of [
      entry({ key_properties: ['id'] }, { 'table-key-properties': ['name'] }),
      entry({ key_properties: ['name'] }, { 'table-key-properties': ['id'] }),
    ]) {
      const items = await read([stream()], { catalog });
      expect(items[0]).toMatchObject({ keyProperties: ['name'] });
    }
  });

  test('must have what the stream is read by', async () => {
    const schema = { type: 'object', properties: { id: { type: 'integer' } } };
    const old = read([stream({ replicationKey: 'at' })], { catalog: entry({ schema }) });
    await expect(old).rejects.toMatchObject({
      code: 'tap.no_such_property',
      message:
        '"at" is the replication key of stream rows, but not among the properties of its schema in the catalog',
      hint: expect.stringContaining('discover again'),
    });
    const wrong = read([stream()], { catalog: entry({ key_properties: ['nmae'] }) });
    await expect(wrong).rejects.toMatchObject({ hint: expect.stringContaining('there are id, name, at') });
  });
});

test.each([
  ['a key', { keys: ['nope'] }],
  ['the replication key', { replicationKey: 'nope' }],
])('%s that the schema lacks is a mistake of the tap', async (what, more) => {
  const tap = defineTap({
    name: 'tap-x',
    label: 'X',
    description: 'Reads X',
    version: '1.0.0',
    config: defineConfig({}),
    streams: [stream(more)],
  });
  const { signal } = new AbortController();
  const discovered = tap.discover({ config: {}, log: silentLog, clock: systemClock, signal });
  await expect(discovered).rejects.toMatchObject({
    code: 'tap.no_such_property',
    message: expect.stringContaining(`"nope" is ${what} of stream rows`),
  });
});

test('references in a schema are resolved, so that what they lead to counts', async () => {
  const referring = s.of<Infer<typeof row>>({
    type: 'object',
    definitions: {
      time: { type: ['string', 'null'], format: 'date-time' },
      node: { type: 'object', properties: { next: { $ref: '#/definitions/node' } } },
    },
    properties: {
      id: { type: 'integer' },
      at: { $ref: '#/definitions/time', description: 'When' },
      tree: { $ref: '#/definitions/node' },
      $ref: { type: 'string' },
    },
  });
  const later = '2024-01-01T00:00:00Z';
  const items = await read([
    stream({
      schema: referring,
      replicationKey: 'at',
      // In the order of their texts the second is the greater.
      records: () => [
        { id: 1, at: later },
        { id: 2, at: '2024-01-01T00:30:00+01:00' },
      ],
    }),
  ]);
  expect(items[0]).toMatchObject({
    schema: {
      properties: {
        at: { type: ['string', 'null'], format: 'date-time', description: 'When' },
        tree: { properties: { next: {} } },
        $ref: { type: 'string' },
      },
    },
  });
  expect(JSON.stringify(items[0])).not.toContain('definitions');
  expect(items.at(-1)).toMatchObject({ value: { bookmarks: { rows: { replication_key_value: later } } } });
  const elsewhere = s.of<Infer<typeof row>>({ properties: { id: { $ref: 'shared/id.json' } } });
  await expect(read([stream({ schema: elsewhere })])).rejects.toMatchObject({
    code: 'tap.no_such_reference',
    message: expect.stringContaining('shared/id.json'),
  });
});

test('a stream may keep a bookmark of its own', async () => {
  const seen: unknown[] = [];
  const own = stream({
    replicationKey: 'at',
    ownBookmark: true,
    async *records({ bookmark, saveBookmark }) {
      seen.push(bookmark);
      yield { id: 1 };
      saveBookmark({ page: 7 });
    },
  });
  const state = { bookmarks: { rows: { page: 6 } } };
  expect((await read([own], { state })).at(-1)).toEqual({
    kind: 'state',
    value: { bookmarks: { rows: { page: 7 } } },
  });
  expect(seen).toEqual([{ page: 6 }]);
});

test('says which stream failed and closes the source', async () => {
  closed.length = 0;
  const broken = stream({
    records() {
      throw new TypeError('no connection');
    },
  });
  await expect(read([broken])).rejects.toMatchObject({
    code: 'tap.stream_failed',
    message: 'Stream rows failed: no connection',
  });
  expect(closed).toEqual(['source']);
});

test('two streams of one name are a mistake of the tap', async () => {
  await expect(read([stream(), stream()])).rejects.toMatchObject({ code: 'tap.duplicate_stream' });
});
