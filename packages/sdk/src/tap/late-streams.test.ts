import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import type { RecordItem, TapContext } from '../connector.ts';
import { systemClock } from '../host/system-clock.ts';
import { s } from '../schema/schema.ts';
import { lastState } from '../testing/tap-output.ts';
import { defineTap } from './define-tap.ts';
import { defineStream, type Stream, type StreamDefinition } from './stream.ts';

const day = (n: number) => `2024-01-0${n}T00:00:00Z`;
const row = s.of<JsonObject>({
  type: 'object',
  properties: {
    id: { type: 'integer' },
    at: { type: ['string', 'null'], format: 'date-time' },
    parent: { type: ['integer', 'null'] },
  },
});

type More = Partial<StreamDefinition<JsonObject>>;

/** Three orders, the last of which is new. */
const orders = (more: More = {}) =>
  defineStream({
    name: 'orders',
    schema: row,
    keys: ['id'],
    replicationKey: 'at',
    sorted: true,
    *records({ start }) {
      for (const id of [1, 2, 3])
        if (start === undefined || day(id) >= String(start)) yield { id, at: day(id) };
    },
    ...more,
  });

const below = (name: string, parent: string, more: More = {}) =>
  defineStream({
    name,
    schema: row,
    keys: ['id'],
    parents: [{ stream: parent, partition: ({ id = null }) => ({ parent: id }) }],
    *records({ partition }) {
      yield { id: Number(partition['parent']) * 10, at: day(Number(String(partition['parent']).at(0))) };
    },
    ...more,
  });

async function read(streams: readonly Stream[], state: JsonValue, context: Partial<TapContext> = {}) {
  const lines: string[] = [];
  const tap = defineTap({
    name: 'tap-x',
    label: 'X',
    description: 'Reads X',
    version: '1.0.0',
    config: defineConfig({}),
    streams,
  });
  const open = await tap.open({
    config: {},
    log: { log: (level, text) => void lines.push(`${level}: ${text}`) },
    clock: systemClock,
    signal: new AbortController().signal,
    state,
    ...context,
  });
  const items: RecordItem[] = [];
  const error = await (async () => {
    for await (const item of open.read('record')) items.push(item);
  })().catch((thrown: unknown) => thrown);
  await open.close();
  const ids = (stream: string) =>
    items.flatMap((item) =>
      item.kind === 'records' && item.stream === stream ? item.records.map((each) => each['id']) : [],
    );
  const { bookmarks } = (lastState(items) ?? state) as { readonly bookmarks: JsonObject };
  return { ids, error, lines, bookmarks, state: { bookmarks } };
}

const moved = { orders: { replication_key: 'at', replication_key_value: day(3) } };

test('a child that was never read is read below all of its parent, whose records are not sent again', async () => {
  const { ids, lines, bookmarks } = await read([orders(), below('lines', 'orders')], { bookmarks: moved });
  expect([ids('orders'), ids('lines')]).toEqual([[3], [10, 20, 30]]);
  expect(bookmarks).toEqual({ ...moved, lines: {} });
  expect(lines).toContain(
    'info: Stream lines was not read with all of orders, which is read from the beginning for it',
  );
  const next = await read([orders(), below('lines', 'orders')], { bookmarks });
  expect(next.ids('lines')).toEqual([30]);
});

test('its siblings are read below what is new', async () => {
  const streams = [orders(), below('lines', 'orders'), below('notes', 'orders')];
  const { ids } = await read(streams, { bookmarks: { ...moved, notes: {} } });
  expect([ids('lines'), ids('notes')]).toEqual([[10, 20, 30], [30]]);
});

test('a grandchild is found through all that is between', async () => {
  const streams = [orders(), below('lines', 'orders'), below('taxes', 'lines')];
  const { ids, bookmarks } = await read(streams, { bookmarks: { ...moved, lines: {} } });
  expect(ids('taxes')).toEqual([100, 200, 300]);
  expect(bookmarks).toEqual({ ...moved, lines: {}, taxes: {} });
});

test('until it was read to its end nothing of it is kept, so that the next run begins once more', async () => {
  const fails = below('lines', 'orders', {
    replicationKey: 'at',
    sorted: true,
    *records({ partition }) {
      if (partition['parent'] === 2) throw new Error('broken');
      yield { id: Number(partition['parent']) * 10, at: day(1) };
    },
  });
  const broken = await read([orders(), fails], { bookmarks: moved });
  expect(broken.error).toMatchObject({ message: expect.stringContaining('broken') });
  expect(broken.bookmarks).toEqual(moved);
  const whole = below('lines', 'orders', { replicationKey: 'at', sorted: true });
  const { ids, bookmarks } = await read([orders(), whole], broken.state);
  expect(ids('lines')).toEqual([10, 20, 30]);
  expect((bookmarks['lines'] as JsonObject)['partitions']).toHaveLength(3);
});

test('below a parent that was cut off it was not read to its end', async () => {
  const cut = orders({
    *records({ breakOff }) {
      yield { id: 1, at: day(1) };
      breakOff();
    },
  });
  const { ids, bookmarks } = await read([cut, below('lines', 'orders')], { bookmarks: moved });
  expect([ids('lines'), bookmarks]).toEqual([[10], moved]);
});

test('a child that was not selected for a while is read below all of its parent, too', async () => {
  const streams = [orders(), below('lines', 'orders', { replicationKey: 'at', sorted: true })];
  const only = (...names: readonly string[]): Partial<TapContext> => ({
    catalog: {
      streams: names.map((name) => ({
        tap_stream_id: name,
        stream: name,
        schema: row.json,
        metadata: [{ breadcrumb: [], metadata: { selected: true } }],
      })),
    },
  });
  const partitions = [{ context: { parent: 1 }, replication_key: 'at', replication_key_value: day(1) }];
  const known = {
    orders: { replication_key: 'at', replication_key_value: day(1) },
    lines: { partitions },
  };
  const without = await read(streams, { bookmarks: known }, only('orders'));
  expect(without.bookmarks).toEqual({ ...moved, lines: { behind_parent: true, partitions } });
  const again = await read(streams, without.state, only('orders', 'lines'));
  expect([again.ids('orders'), again.ids('lines')]).toEqual([[3], [10, 20, 30]]);
  expect(again.bookmarks['lines']).not.toHaveProperty('behind_parent');
  expect((await read(streams, again.state, only('orders', 'lines'))).ids('lines')).toEqual([30]);
});

test('a first run that is broken off goes on where it was', async () => {
  const minute = (n: number) => new Date(Date.UTC(2024, 0, 1, 0, n)).toISOString();
  let broken = true;
  const many = orders({
    *records({ start }) {
      for (let id = 1; id <= 120; id += 1) {
        if (start !== undefined && minute(id) < String(start)) continue;
        if (broken && id === 110) throw new Error('broken');
        yield { id, at: minute(id) };
      }
    },
  });
  const streams = [many, below('lines', 'orders')];
  const first = await read(streams, {});
  // Children are read for a hundred records at a time.
  expect(first.bookmarks).toEqual({
    orders: { replication_key: 'at', replication_key_value: minute(100) },
    lines: {},
  });
  broken = false;
  expect((await read(streams, first.state)).ids('lines')).toEqual(
    Array.from({ length: 21 }, (_, at) => (100 + at) * 10),
  );
});

test('below a parent that only tells what is new, a child that was never read is warned of', async () => {
  const own = orders({ ownBookmark: true });
  const { lines, ids } = await read([own, below('lines', 'orders')], {
    bookmarks: { orders: { token: 'x' } },
  });
  expect(ids('lines')).toEqual([10, 20, 30]);
  expect(lines.join()).toContain(
    'warning: Stream lines was not read with all of orders, which only tells what is new',
  );
});
