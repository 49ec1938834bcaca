import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { silentLog } from '@meltano/foundation/log';
import type { Catalog } from '@meltano/singer/catalog';
import { describe, expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { setting } from '../config/setting.ts';
import type { RecordItem, TapContext } from '../connector.ts';
import { systemClock } from '../host/system-clock.ts';
import { s } from '../schema/schema.ts';
import { defineTap, type TapDefinition } from './define-tap.ts';
import { defineStream, type Stream, type StreamContext, type StreamDefinition } from './stream.ts';

type Row = JsonObject;

const anyRow = s.of<Row>({
  type: 'object',
  properties: {
    id: { type: ['integer'] },
    parent_id: { type: ['integer', 'null'] },
    at: { type: ['string', 'null'], format: 'date-time' },
  },
});

function stream(
  name: string,
  more: Partial<StreamDefinition<Row>> & Pick<StreamDefinition<Row>, 'records'>,
): Stream {
  return defineStream({ name, schema: anyRow, keys: ['id'], ...more });
}

const config = defineConfig({
  start_date: setting.date({ label: 'Start', description: 'Start' }),
  emit_activate_version_messages: setting.boolean({ label: 'Versions', description: 'Versions' }),
});

type Definition = TapDefinition<(typeof config)['settings']>;

async function read(
  streams: readonly Stream[],
  {
    tap = {},
    settings = {},
    ...context
  }: Partial<TapContext> & { tap?: Partial<Definition>; settings?: JsonObject } = {},
  onItem: (item: RecordItem) => void = () => {},
): Promise<{ readonly items: readonly RecordItem[]; readonly error: unknown }> {
  const facts = { name: 'tap-x', label: 'X', description: 'Reads X', version: '1.0.0' };
  const open = await defineTap({ ...facts, config, streams, ...tap }).open({
    config: settings,
    log: silentLog,
    clock: systemClock,
    signal: new AbortController().signal,
    ...context,
  });
  const items: RecordItem[] = [];
  try {
    for await (const item of open.read('record')) {
      items.push(item);
      onItem(item);
    }
  } catch (error) {
    return { items, error };
  } finally {
    await open.close();
  }
  return { items, error: undefined };
}

const rowsOf = (items: readonly RecordItem[], name: string) =>
  items.flatMap((item) => (item.kind === 'records' && item.stream === name ? item.records : []));
const bookmarks = (items: readonly RecordItem[]): JsonValue | undefined => {
  const last = items.findLast((item) => item.kind === 'state');
  return last?.kind === 'state' ? (last.value as JsonObject)['bookmarks'] : undefined;
};
const order = (items: readonly RecordItem[]) =>
  items.map((item) =>
    item.kind === 'records'
      ? `${item.stream}: ${item.records.map((row) => String(row['id'])).join()}`
      : item.kind,
  );

function selecting(...names: readonly string[]): Catalog {
  return {
    streams: names.map((name) => ({
      tap_stream_id: name,
      stream: name,
      schema: anyRow.json,
      metadata: [{ breadcrumb: [], metadata: { selected: true } }],
    })),
  };
}

const parents = stream('parents', {
  *records() {
    yield [{ id: 1 }, { id: 2 }];
  },
});

function children(more: Partial<StreamDefinition<Row>> = {}, seen: JsonValue[] = []): Stream {
  return stream('children', {
    parents: [{ stream: 'parents', partition: ({ id = null }) => ({ parent_id: id }) }],
    *records({ partition }) {
      seen.push(partition);
      const parent = Number(partition['parent_id']);
      yield [{ id: parent * 10 }, { id: parent * 10 + 1 }];
    },
    ...more,
  });
}

describe('children', () => {
  test('are read once per record of their parent, after it, with its partition in their records', async () => {
    const seen: JsonValue[] = [];
    const { items } = await read([parents, children({}, seen)]);
    expect(seen).toEqual([{ parent_id: 1 }, { parent_id: 2 }]);
    expect(order(items)).toEqual(['schema', 'schema', 'parents: 1,2', 'children: 10,11,20,21', 'state']);
    expect(rowsOf(items, 'children')[0]).toEqual({ id: 10, parent_id: 1 });
  });

  test('are read for a parent that is not selected, which is not sent', async () => {
    const { items } = await read([parents, children()], { catalog: selecting('children') });
    expect(order(items)).toEqual(['schema', 'children: 10,11,20,21', 'state']);
  });

  test('are not read when only the parent is selected', async () => {
    const seen: JsonValue[] = [];
    await read([parents, children({}, seen)], { catalog: selecting('parents') });
    expect(seen).toEqual([]);
  });

  test('may have no partition, or several, for a record', async () => {
    const seen: JsonValue[] = [];
    const partition = ({ id }: JsonObject) => (id === 1 ? undefined : [{ parent_id: 2 }, { parent_id: 3 }]);
    await read([parents, children({ parents: [{ stream: 'parents', partition }] }, seen)]);
    expect(seen).toEqual([{ parent_id: 2 }, { parent_id: 3 }]);
  });

  test('may have two parents, and children of their own', async () => {
    const others = stream('others', {
      *records() {
        yield { id: 5 };
      },
    });
    const link = (name: string) => ({
      stream: name,
      partition: ({ id = null }: JsonObject) => ({ parent_id: id }),
    });
    const both = children({ parents: [link('parents'), link('others')] });
    const grandchildren = stream('grandchildren', {
      parents: [{ stream: 'children', partition: ({ id = null }, parent) => ({ ...parent, child_id: id }) }],
      *records({ partition }) {
        yield { id: Number(partition['child_id']) * 10 };
      },
    });
    const { items } = await read([parents, others, both, grandchildren]);
    expect(rowsOf(items, 'children').map((row) => row['id'])).toEqual([10, 11, 20, 21, 50, 51]);
    expect(rowsOf(items, 'grandchildren')).toHaveLength(6);
    expect(items.filter((item) => item.kind === 'schema')).toHaveLength(4);
  });

  test('have a bookmark for each partition', async () => {
    const starts: unknown[] = [];
    const incremental = children({
      replicationKey: 'at',
      *records({ partition, start }) {
        starts.push(start);
        yield { id: 1, at: `2024-01-0${String(partition['parent_id'])}T00:00:00Z` };
      },
    });
    const { items } = await read([parents, incremental]);
    const state = { bookmarks: bookmarks(items) ?? null };
    const mark = (day: number) => ({
      context: { parent_id: day },
      replication_key: 'at',
      replication_key_value: `2024-01-0${day}T00:00:00Z`,
    });
    expect(state.bookmarks).toEqual({ children: { partitions: [mark(1), mark(2)] }, parents: {} });
    await read([parents, incremental], { state });
    expect(starts).toEqual([undefined, undefined, '2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z']);
  });

  test('may share one bookmark, which moves when all were read', async () => {
    const shared = children({
      replicationKey: 'at',
      stateKeys: [],
      *records({ partition }) {
        yield { id: 1, at: `2024-01-0${String(partition['parent_id'])}T00:00:00Z` };
      },
    });
    const { items } = await read([parents, shared]);
    const value = { replication_key: 'at', replication_key_value: '2024-01-02T00:00:00Z' };
    expect(bookmarks(items)).toEqual({ parents: {}, children: value });
  });

  test('make a parent that they need whole ignore its bookmark', async () => {
    const incremental = stream('parents', {
      replicationKey: 'at',
      *records() {
        yield [{ id: 1, at: '2024-01-01T00:00:00Z' }];
      },
    });
    const state = {
      bookmarks: { parents: { replication_key: 'at', replication_key_value: '2025-01-01T00:00:00Z' } },
    };
    const link = { stream: 'parents', partition: ({ id = null }: JsonObject) => ({ parent_id: id }) };
    const needing = children({ parents: [{ ...link, allRecords: true }] });
    expect(rowsOf((await read([incremental, needing], { state })).items, 'children')).toHaveLength(2);
    const known = { bookmarks: { ...state.bookmarks, children: {} } };
    const only = await read([incremental, children()], { state: known });
    expect(rowsOf(only.items, 'children')).toHaveLength(0);
  });

  test('hold back the bookmark of their parent until they were read', async () => {
    const sorted = stream('parents', {
      replicationKey: 'at',
      sorted: true,
      *records() {
        for (let id = 1; id <= 300; id += 1)
          yield { id, at: new Date(Date.UTC(2024, 0, 1, 0, id)).toISOString() };
      },
    });
    const failing = children({
      *records({ partition }) {
        if (partition['parent_id'] === 150) throw new Error('gone');
        yield { id: Number(partition['parent_id']) };
      },
    });
    const { items, error } = await read([sorted, failing]);
    expect(error).toMatchObject({
      code: 'tap.stream_failed',
      message: 'Stream children of {"parent_id":150} failed: gone',
    });
    // The first round of 100 parents is whole; nothing of the second may be covered.
    expect(bookmarks(items)).toMatchObject({
      parents: { replication_key_value: '2024-01-01T01:40:00.000Z' },
    });
  });

  test('of many parents cost one state now and then, not one each', async () => {
    const many = stream('parents', {
      *records() {
        yield Array.from({ length: 2_000 }, (_, id) => ({ id }));
      },
    });
    const { items } = await read([many, children({ replicationKey: 'at' })]);
    expect(rowsOf(items, 'children')).toHaveLength(4_000);
    expect(items.filter((item) => item.kind === 'state').length).toBeLessThan(4);
    expect(items.length).toBeLessThan(60);
  });

  test.each([
    ['that does not exist', [children()], 'there is no stream of that name'],
    ['that descends from it', [children({ name: 'parents' })], 'that stream descends from it'],
  ])('cannot have a parent %s', async (_, streams, reason) => {
    await expect(read(streams)).rejects.toMatchObject({
      code: 'tap.unknown_parent',
      message: expect.stringContaining(reason),
    });
  });
});

describe('a state with very many partitions', () => {
  const manyParents = stream('parents', {
    *records() {
      yield Array.from({ length: 3_000 }, (_, id) => ({ id }));
    },
  });
  const read3000 = (more: Partial<StreamDefinition<Row>> = {}, context: Partial<TapContext> = {}) =>
    read(
      [
        manyParents,
        children({
          replicationKey: 'at',
          records: ({ partition }) =>
            Array.from({ length: 10 }, (_, at) => ({
              id: Number(partition['parent_id']) * 10 + at,
              at: '2024-01-01T00:00:00Z',
            })),
          ...more,
        }),
      ],
      context,
    );
  const statesOf = (items: readonly RecordItem[]) => items.filter(({ kind }) => kind === 'state');

  test('is not sent again and again for few records, but whole at the end', async () => {
    const { items } = await read3000();
    expect(rowsOf(items, 'children')).toHaveLength(30_000);
    expect(statesOf(items)).toHaveLength(1);
    expect(items.at(-1)?.kind).toBe('state');
    expect(bookmarks(items)).toMatchObject({ children: { partitions: { length: 3_000 } } });
  });

  test('is sent whole when the run is stopped', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const { items } = await read3000(
      {
        *records({ partition }) {
          const parent = Number(partition['parent_id']);
          seen.push(parent);
          if (parent === 2_500) stop.abort();
          yield { id: parent, at: '2024-01-01T00:00:00Z' };
        },
      },
      { signal: stop.signal },
    );
    expect(seen.at(-1)).toBe(2_500);
    expect(statesOf(items)).toHaveLength(1);
    expect(bookmarks(items)).toMatchObject({ children: { partitions: { length: 2_500 } } });
  });

  test('is small where they share a bookmark', async () => {
    const { items } = await read3000({ stateKeys: [] });
    expect(bookmarks(items)).toEqual({
      parents: {},
      children: { replication_key: 'at', replication_key_value: '2024-01-01T00:00:00Z' },
    });
  });

  test('lets the children of one large batch of parents wait for their turn', async () => {
    let open = 0;
    const first = await new Promise<number>((resolve) => {
      const large = stream('parents', {
        *records() {
          yield Array.from({ length: 1_000 }, (_, id) => ({
            get id() {
              open += 1;
              return id;
            },
          }));
        },
      });
      void read([
        large,
        children({
          records() {
            resolve(open);
            return [];
          },
        }),
      ]);
    });
    // Each is looked at a few times, but not all thousand before the first child.
    expect(first).toBeLessThan(1_000);
  });
});

describe('partitions', () => {
  const byOrg = (more: Partial<StreamDefinition<Row>> = {}) =>
    stream('rows', {
      partitions: [{ org: 'a' }, { org: 'b' }],
      replicationKey: 'at',
      *records() {
        yield { id: 1, at: '2024-01-01T00:00:00Z' };
      },
      ...more,
    });

  test('are read one after the other, each with its bookmark', async () => {
    const { items } = await read([byOrg()]);
    expect(bookmarks(items)).toMatchObject({
      rows: { partitions: [{ context: { org: 'a' } }, { context: { org: 'b' } }] },
    });
  });

  test('find their bookmark however the context is written, and lose what the Python SDK leaves behind', async () => {
    const starts: unknown[] = [];
    const wide = byOrg({
      partitions: async () => [{ org: 'a', team: 1 }],
      records({ start, bookmark }) {
        starts.push(start, bookmark);
        return [];
      },
    });
    const mark = { replication_key: 'at', replication_key_value: '2024-02-01T00:00:00+00:00' };
    const left = {
      progress_markers: { Note: 'x' },
      starting_replication_value: 'y',
      replication_key_signpost: 'z',
    };
    const state = {
      bookmarks: { rows: { partitions: [{ context: { team: 1, org: 'a' }, ...mark, ...left }] } },
    };
    const { items } = await read([wide], { state });
    expect(starts).toEqual(['2024-02-01T00:00:00+00:00', mark]);
    expect(bookmarks(items)).toEqual({ rows: { partitions: [{ context: { org: 'a', team: 1 }, ...mark }] } });
  });

  test('that were read keep their bookmark when another fails', async () => {
    const failing = byOrg({
      *records({ partition }) {
        if (partition['org'] === 'b') throw new Error('gone');
        yield { id: 1, at: '2024-01-01T00:00:00Z' };
      },
    });
    const { items, error } = await read([failing]);
    expect(error).toBeDefined();
    expect(rowsOf(items, 'rows')).toHaveLength(1);
    expect(bookmarks(items)).toMatchObject({ rows: { partitions: [{ context: { org: 'a' } }] } });
  });
});

describe('the start of a reading', () => {
  const startsOf = async (
    more: Partial<StreamDefinition<Row>>,
    state?: JsonValue,
    settings: JsonObject = {},
  ) => {
    const seen: StreamContext[] = [];
    const one = stream('rows', {
      replicationKey: 'at',
      records(context) {
        seen.push(context);
        return [];
      },
      ...more,
    });
    const clock = { ...systemClock, now: () => Date.UTC(2024, 0, 10) };
    const { items } = await read([one], { settings, clock, ...(state === undefined ? {} : { state }) });
    return { spans: seen.map(({ start, end }) => [start, end]), bookmarks: bookmarks(items) };
  };
  const at = (value: JsonValue) => ({
    bookmarks: { rows: { replication_key: 'at', replication_key_value: value } },
  });
  const day = 86_400_000;

  test('is the start date without a bookmark, and the later of both with one', async () => {
    const settings = { start_date: '2024-01-05' };
    expect((await startsOf({}, undefined, settings)).spans).toEqual([['2024-01-05', undefined]]);
    expect((await startsOf({}, at('2024-01-06T00:00:00Z'), settings)).spans[0]?.[0]).toBe(
      '2024-01-06T00:00:00Z',
    );
    expect((await startsOf({}, at('2023-01-06T00:00:00Z'), settings)).spans[0]?.[0]).toBe('2024-01-05');
  });

  test('lies before the bookmark by the overlap, and the bookmark stays', async () => {
    const seen = await startsOf({ overlap: day }, at('2024-01-06T12:00:00Z'));
    expect(seen.spans).toEqual([['2024-01-05T12:00:00.000Z', undefined]]);
    expect(seen.bookmarks).toEqual(at('2024-01-06T12:00:00Z').bookmarks);
  });

  test('moves from window to window up to now', async () => {
    const seen = await startsOf({ windows: 2 * day }, at('2024-01-05T00:00:00Z'));
    expect(seen.spans).toEqual([
      ['2024-01-05T00:00:00Z', '2024-01-07T00:00:00.000Z'],
      ['2024-01-07T00:00:00.000Z', '2024-01-09T00:00:00.000Z'],
      ['2024-01-09T00:00:00.000Z', '2024-01-10T00:00:00.000Z'],
    ]);
    expect(seen.bookmarks).toEqual(at('2024-01-10T00:00:00.000Z').bookmarks);
  });

  test('counts from the epoch where the replication key does', async () => {
    const numbers = s.of<Row>({ type: 'object', properties: { id: {}, at: { type: ['integer'] } } });
    const seen = await startsOf({ epoch: 'seconds', schema: numbers, windows: 5 * day }, undefined, {
      start_date: '2024-01-03T00:00:00Z',
    });
    const seconds = (date: number) => Date.UTC(2024, 0, date) / 1_000;
    expect(seen.spans).toEqual([
      [seconds(3), seconds(8)],
      [seconds(8), seconds(10)],
    ]);
  });
});

test('a window that was finished is kept when a later one fails', async () => {
  const one = stream('rows', {
    replicationKey: 'at',
    windows: 86_400_000,
    *records({ end }) {
      if (String(end) > '2024-01-04T12') throw new Error('gone');
      yield [
        { id: 2, at: '2024-01-02T12:00:00Z' },
        { id: 1, at: '2024-01-02T01:00:00Z' },
      ];
    },
  });
  const clock = { ...systemClock, now: () => Date.UTC(2024, 0, 10) };
  const { items } = await read([one], { clock, settings: { start_date: '2024-01-02' } });
  expect(bookmarks(items)).toMatchObject({ rows: { replication_key_value: '2024-01-04T00:00:00.000Z' } });
});

describe('when a stream fails', () => {
  const failing = stream('failing', {
    *records() {
      yield { id: 1 };
      throw new Error('gone');
    },
  });
  const fine = stream('fine', {
    *records() {
      yield { id: 2 };
    },
  });

  test('what it has sent is not lost, and the others are not begun', async () => {
    const { items, error } = await read([failing, fine]);
    expect(order(items)).toEqual(['schema', 'failing: 1']);
    expect(error).toMatchObject({ code: 'tap.stream_failed' });
  });

  test('the others go on where the tap says so, and the run fails in the end', async () => {
    const { items, error } = await read([failing, fine], { tap: { onStreamError: 'continue' } });
    expect(bookmarks(items)).toEqual({ fine: {} });
    expect(error).toMatchObject({ message: 'Stream failing failed: gone' });
    const also = { ...failing, name: 'also' };
    const two = await read([failing, also, fine], { tap: { onStreamError: 'continue' } });
    expect(two.error).toMatchObject({
      code: 'tap.streams_failed',
      details: { streams: ['failing', 'also'] },
    });
  });
});

test.each([true, false])('a record that is nested too deeply names its stream (exact: %s)', async (exact) => {
  let value: JsonValue = 1;
  for (let level = 0; level < 20_000; level += 1) value = [value];
  const deep = stream('deep', { exact, records: () => [{ id: 1, at: value }] });
  const { error } = await read([deep]);
  expect(error).toMatchObject({
    code: 'tap.invalid_record',
    message: expect.stringContaining('Stream deep yielded a record that is nested too deeply'),
  });
});

describe('at the same time', () => {
  /** Streams that end only when all of them have begun. */
  function meeting(count: number): readonly Stream[] {
    let begun = 0;
    let open = () => {};
    const all = new Promise<void>((resolve) => {
      open = resolve;
    });
    return Array.from({ length: count }, (_, id) =>
      stream(`s${id}`, {
        async *records() {
          begun += 1;
          if (begun === count) open();
          await all;
          yield { id };
        },
      }),
    );
  }

  test('as many streams are read as the tap allows', async () => {
    const { items } = await read(meeting(3), { tap: { concurrency: 3 } });
    expect(Object.keys((bookmarks(items) ?? {}) as JsonObject).sort()).toEqual(['s0', 's1', 's2']);
  });

  test('partitions are read, and every state covers only what is before it', async () => {
    const names = Array.from({ length: 40 }, (_, index) => ({ org: String(index) }));
    const one = stream('rows', {
      partitions: names,
      replicationKey: 'at',
      async *records({ partition }) {
        for (let id = 0; id < 700; id += 1) {
          if (id % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
          yield { id, parent_id: Number(partition['org']), at: '2024-01-01T00:00:00Z' };
        }
      },
    });
    const counts = new Map<string, number>();
    let states = 0;
    const { error } = await read([one], { tap: { concurrency: 7 } }, (item) => {
      if (item.kind === 'records')
        for (const row of item.records) {
          const org = String(row['parent_id']);
          counts.set(org, (counts.get(org) ?? 0) + 1);
        }
      if (item.kind !== 'state') return;
      states += 1;
      const rows = ((item.value as JsonObject)['bookmarks'] as JsonObject)['rows'] as JsonObject;
      for (const entry of (rows['partitions'] ?? []) as unknown as readonly { context: { org: string } }[])
        expect(counts.get(entry.context.org)).toBe(700);
    });
    expect(error).toBeUndefined();
    expect(states).toBeGreaterThan(1);
  });
});

describe('a run that is cut off', () => {
  const sorted = stream('rows', {
    replicationKey: 'at',
    sorted: true,
    *records() {
      for (let id = 1; ; id += 1)
        yield Array.from({ length: 1_500 }, () => ({
          id,
          at: new Date(Date.UTC(2024, 0, 1, 0, id)).toISOString(),
        }));
    },
  });

  test('ends with a state when it is stopped', async () => {
    const stop = new AbortController();
    const { items, error } = await read([sorted], { signal: stop.signal }, () => stop.abort());
    expect(error).toBeUndefined();
    expect(items.at(-1)?.kind).toBe('state');
  });

  test('reads no more than so many records', async () => {
    const { items } = await read([sorted], { maxRecords: 5 });
    expect(rowsOf(items, 'rows')).toHaveLength(5);
    const unsorted = { ...sorted, sorted: false };
    expect(bookmarks((await read([unsorted], { maxRecords: 5 })).items)).toEqual({});
  });

  test('ends its source when the reader goes away', async () => {
    let closed = false;
    const endless = stream('rows', {
      async *records() {
        try {
          for (;;) yield Array.from({ length: 2_000 }, (_, id) => ({ id }));
        } finally {
          closed = true;
        }
      },
    });
    const facts = { name: 'tap-x', label: 'X', description: 'Reads X', version: '1.0.0' };
    const open = await defineTap({ ...facts, config, streams: [endless] }).open({
      config: {},
      log: silentLog,
      clock: systemClock,
      signal: new AbortController().signal,
    });
    for await (const item of open.read('record')) if (item.kind === 'records') break;
    expect(closed).toBe(true);
  });
});

describe('versions', () => {
  const settings = { emit_activate_version_messages: true };

  test('are announced when a full stream was read to its end, before the state', async () => {
    const { items } = await read([parents], { settings });
    expect(items.map((item) => item.kind)).toEqual(['schema', 'records', 'activate-version', 'state']);
    const [, records, announced] = items;
    expect(records).toMatchObject({ version: expect.any(Number) });
    expect(announced).toMatchObject({
      stream: 'parents',
      version: (records as { version?: number }).version,
    });
  });

  test('are not announced for what was cut off or is incremental', async () => {
    const cut = await read([parents], { settings, maxRecords: 1 });
    expect(cut.items.some((item) => item.kind === 'activate-version')).toBe(false);
    const incremental = await read([{ ...parents, replicationKey: 'at' }, children()], { settings });
    expect(incremental.items.some((item) => item.kind === 'activate-version')).toBe(false);
    // A child is never whole when only the new of its parent is read.
    expect(incremental.items.filter((item) => item.kind === 'schema').map((item) => item.partial)).toEqual([
      undefined,
      true,
    ]);
  });
});

test('a log of changes keeps a bookmark of its own', async () => {
  const log = stream('rows', {
    logBased: true,
    *records({ bookmark, saveBookmark, replicationMethod }) {
      expect(replicationMethod).toBe('LOG_BASED');
      const lsn = Number(bookmark?.['lsn'] ?? 0);
      yield { id: lsn };
      saveBookmark({ lsn: lsn + 1 });
    },
  });
  const first = await read([log]);
  expect(bookmarks(first.items)).toEqual({ rows: { lsn: 1 } });
  const second = await read([log], { state: { bookmarks: bookmarks(first.items) ?? null } });
  expect(rowsOf(second.items, 'rows')).toEqual([{ id: 1 }]);
});

test.each([[[1]], [5], [{ bookmarks: 'x' }]])('refuses the state %j', async (state) => {
  await expect(read([parents], { state: state as JsonValue })).rejects.toMatchObject({
    code: 'tap.invalid_state',
  });
});

describe('a partition that is broken off', () => {
  const settings = { emit_activate_version_messages: true };
  const versions = (items: readonly RecordItem[]) =>
    items.filter(({ kind }) => kind === 'activate-version').length;
  const broken = (yielded: number, more: Partial<StreamDefinition<Row>> = {}) =>
    stream('a', {
      partitions: [{ parent_id: 1 }, { parent_id: 2 }],
      *records({ partition, breakOff }) {
        const isBroken = partition['parent_id'] === 1;
        for (let id = 0; id < (isBroken ? yielded : 3); id += 1)
          yield { id, at: `2024-01-0${id + 1}T00:00:00Z` };
        if (isBroken) breakOff();
      },
      ...more,
    });

  test('keeps its bookmark, and the stream goes on with the next', async () => {
    const { items, error } = await read([broken(2, { replicationKey: 'at' })]);
    expect([error, rowsOf(items, 'a').length]).toEqual([undefined, 5]);
    expect(bookmarks(items)).toMatchObject({ a: { partitions: [{ context: { parent_id: 2 } }] } });
  });

  test('lets no older version be taken away, unless there was nothing of it', async () => {
    expect(versions((await read([broken(2)], { settings })).items)).toBe(0);
    expect(versions((await read([broken(0)], { settings })).items)).toBe(1);
  });
});
