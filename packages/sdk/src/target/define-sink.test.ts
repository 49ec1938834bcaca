import type { Clock } from '@meltano/foundation/clock';
import { ExactNumber, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { silentLog } from '@meltano/foundation/log';
import { describe, expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import type { LoadNotice, RecordItem } from '../connector.ts';
import { defineTarget } from './define-target.ts';
import { eachRecord, type Sink, type SinkStream } from './sink.ts';

function target(sink: (stream: SinkStream) => Sink) {
  return defineTarget({
    name: 'target-x',
    label: 'X',
    description: 'X',
    version: '1.0.0',
    config: defineConfig({}),
    sink,
  });
}

interface World {
  readonly config?: JsonObject;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  onState?(state: JsonValue): void;
}

async function load(
  sink: (stream: SinkStream) => Sink,
  items: Iterable<RecordItem> | AsyncIterable<RecordItem>,
  world: World = {},
) {
  const states: JsonValue[] = [];
  const notices: LoadNotice[] = [];
  const clock = world.clock ?? { now: () => Date.UTC(2024, 0, 1), sleep: () => new Promise<void>(() => {}) };
  const open = await target(sink).open({
    config: world.config ?? {},
    log: silentLog,
    clock,
    signal: world.signal ?? new AbortController().signal,
  });
  const all = async function* () {
    yield* items;
  };
  const report = await open.load(all(), {
    async acknowledge(state) {
      states.push(state);
      world.onState?.(state);
    },
    notice: (notice) => notices.push(notice),
  });
  return { states, notices, report };
}

const schema = (
  stream = 't',
  properties: JsonObject = { id: { type: 'integer' } },
  keys: readonly string[] = ['id'],
): RecordItem => ({ kind: 'schema', stream, schema: { type: 'object', properties }, keyProperties: keys });
const records = (rows: readonly JsonObject[], more: Partial<RecordItem> = {}): RecordItem =>
  ({ kind: 'records', stream: 't', records: rows, bytes: 10, ...more }) as RecordItem;
const state = (value: JsonValue): RecordItem => ({ kind: 'state', value });
const ids = (...all: readonly number[]) => all.map((id) => ({ id }));

/** A promise and the function that fulfils it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('writing', () => {
  test('comes in batches of so many records, numbered, in their order', async () => {
    const batches: [string, number, readonly JsonObject[]][] = [];
    await load(
      ({ name }) => ({ write: (rows, { number }) => void batches.push([name, number, rows]) }),
      [schema(), records(ids(1)), records(ids(2)), records(ids(3, 4)), records(ids(5))],
      { config: { batch_size_rows: 2 } },
    );
    expect(batches).toEqual([
      ['t', 0, ids(1, 2)],
      ['t', 1, ids(3, 4)],
      ['t', 2, ids(5)],
    ]);
  });

  test('of one stream never overlaps, and of several does so up to a limit', async () => {
    let now = 0;
    let most = 0;
    const busy = new Set<string>();
    const sink = ({ name }: SinkStream): Sink => ({
      async write() {
        expect(busy.has(name)).toBe(false);
        busy.add(name);
        most = Math.max(most, ++now);
        await new Promise(setImmediate);
        now -= 1;
        busy.delete(name);
      },
    });
    const names = ['a', 'b', 'c', 'd'];
    const items = names.flatMap((stream) => [
      schema(stream),
      records(ids(1), { stream } as Partial<RecordItem>),
      records(ids(2), { stream } as Partial<RecordItem>),
    ]);
    await load(sink, items, { config: { batch_size_rows: 1, max_parallelism: 3 } });
    expect(most).toBe(3);
  });

  test('one record at a time is a batch of calls', async () => {
    const seen: JsonValue[] = [];
    await load(
      () => ({ write: eachRecord(async (row) => void seen.push(row['id'] ?? null), { concurrency: 2 }) }),
      [schema(), records(ids(1, 2, 3))],
    );
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe('a state is acknowledged', () => {
  test('when the records of its stream before it are written, not those after it', async () => {
    const seen: string[] = [];
    const items = async function* (): AsyncGenerator<RecordItem> {
      yield schema();
      yield records(ids(1, 2));
      yield state('covered');
      await new Promise(setImmediate);
      yield records(ids(3));
      yield state('waits');
      await new Promise(setImmediate);
      seen.push('end of input');
    };
    await load(() => ({ write: (rows) => void seen.push(`wrote ${rows.length}`) }), items(), {
      config: { batch_size_rows: 2 },
      onState: (value) => seen.push(`state ${String(value)}`),
    });
    expect(seen).toEqual(['wrote 2', 'state covered', 'end of input', 'wrote 1', 'state waits']);
  });

  test('only after flush where there is one, and after close where that makes it durable', async () => {
    const order: string[] = [];
    const sink = (more: Partial<Sink>): Sink => ({ write: () => void order.push('write'), ...more });
    const items = [schema(), records(ids(1)), state(1)];
    const note = { onState: () => void order.push('state') };
    await load(() => sink({ flush: () => void order.push('flush') }), items, note);
    expect(order.splice(0)).toEqual(['write', 'flush', 'state']);
    await load(() => sink({ durableAtClose: true, close: () => void order.push('close') }), items, note);
    expect(order).toEqual(['write', 'close', 'state']);
  });

  test('never beyond a write that failed, whose error ends the run', async () => {
    const states: JsonValue[] = [];
    const closed: boolean[] = [];
    const sink = (): Sink => ({
      async write([row]) {
        await new Promise(setImmediate);
        if (row?.['id'] === 2) throw new Error('disk full');
      },
      close: ({ complete }) => void closed.push(complete),
    });
    const items = [schema(), records(ids(1)), state(1), records(ids(2)), state(2), records(ids(3)), state(3)];
    await expect(
      load(sink, items, { config: { batch_size_rows: 1 }, onState: (value) => states.push(value) }),
    ).rejects.toThrow('disk full');
    expect(states.filter((value) => value !== 1)).toEqual([]);
    expect(closed).toEqual([false]);
  });

  test('by time, although the source is silent', async () => {
    let now = 0;
    let wake = () => {};
    const clock: Clock = {
      now: () => now,
      sleep: (ms) =>
        new Promise((resolve) => {
          wake = () => {
            now += ms;
            resolve();
          };
        }),
    };
    const acknowledged = gate();
    const items = async function* (): AsyncGenerator<RecordItem> {
      yield* [schema(), records(ids(1)), state(1)];
      setImmediate(() => wake());
      await acknowledged.opened;
    };
    const { states } = await load(() => ({ write() {} }), items(), { clock, onState: acknowledged.open });
    expect(states).toEqual([1]);
  });

  test('after all that came before the input broke off', async () => {
    const states: JsonValue[] = [];
    const items = async function* (): AsyncGenerator<RecordItem> {
      yield* [schema(), records(ids(1)), state(1)];
      throw new Error('gone');
    };
    await expect(
      load(() => ({ write() {} }), items(), { onState: (value) => states.push(value) }),
    ).rejects.toThrow('gone');
    expect(states).toEqual([1]);
  });
});

describe('records', () => {
  const typed = schema('t', {
    id: { type: 'integer' },
    at: { type: ['string', 'null'], format: 'date-time' },
  });

  test.each<[JsonObject, string]>([
    [{ id: 'x' }, '"id" must be integer'],
    [{ id: 1, at: 5 }, '"at" must be string,null'],
    [{ id: null }, 'the key "id" is null'],
    [{ at: null }, 'the key "id" is missing'],
  ])('%j end the run, or are refused with a count', async (row, reason) => {
    await expect(load(() => ({ write() {} }), [typed, records([row])])).rejects.toMatchObject({
      code: 'target.invalid_record',
      message: `A record of stream t cannot be loaded: ${reason}`,
    });
    const seen: JsonObject[] = [];
    const { report, notices } = await load(
      () => ({ write: (rows) => void seen.push(...rows) }),
      [typed, records([row, { id: 7 }])],
      { config: { invalid_records: 'refuse' } },
    );
    expect(seen).toEqual([{ id: 7 }]);
    expect(report.streams.get('t')).toEqual({ loaded: 1, refused: 1 });
    expect(notices).toEqual([{ kind: 'refused', stream: 't', count: 1, reason }]);
  });

  test.each<[string, JsonObject, JsonValue]>([
    ['a format, which says what is usual', { type: 'string', format: 'email' }, 'nobody'],
    ['a time that is no RFC 3339', { type: 'string', format: 'date-time' }, '2024-01-01 00:00:00'],
    ['limits of draft 4', { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 9 }, 1],
    ['a type that JSON Schema does not have', { type: ['null', 'datetime'] }, 'x'],
    ['a pattern of another language', { type: 'string', pattern: '(?i)^abc\\Z' }, 'x'],
    ['a step of nothing', { type: 'number', multipleOf: 0 }, 1.5],
    ['required, said of itself', { type: 'object', required: true, properties: { format: {} } }, {}],
  ])('are not refused for %s', async (_, property, value) => {
    const seen: JsonObject[] = [];
    const sink = (): Sink => ({ write: (rows) => void seen.push(...rows) });
    const row = { id: 1, list: [{ value }] };
    const list = { type: 'array', items: { properties: { value: property } } };
    await load(sink, [schema('t', { id: { type: 'integer' }, list }), records([row])]);
    expect(seen).toEqual([row]);
  });

  test.each<[JsonObject, JsonValue]>([
    [{ type: 'number', minimum: 0, exclusiveMinimum: true }, 0],
    [{ type: 'number', maximum: 9, exclusiveMaximum: true }, 9],
    [{ type: 'string', pattern: '^a$' }, 'b'],
    [{ type: 'object', properties: { format: { type: 'string' } } }, { format: 1 }],
    [{ enum: [{ format: 'a' }] }, { format: 'b' }],
  ])('are refused for %j', async (property, value) => {
    const items = [schema('t', { id: {}, value: property }), records([{ id: 1, value }])];
    await expect(load(() => ({ write() {} }), items)).rejects.toMatchObject({
      code: 'target.invalid_record',
    });
  });

  test('may have metadata of their own where the schema admits no other members', async () => {
    const seen: JsonObject[] = [];
    const closed = {
      ...schema('t', { id: { type: 'integer' } }),
      schema: { properties: { id: {} }, additionalProperties: false },
    } as RecordItem;
    const sink = (): Sink => ({ write: (rows) => void seen.push(...rows) });
    const row = { id: 1, _sdc_deleted_at: '2024-01-01T00:00:00Z' };
    await load(sink, [closed, records([row])], { config: { add_record_metadata: true } });
    expect(seen).toMatchObject([row]);
  });

  test('keep their digits, and are not looked at with validate_records off', async () => {
    const seen: JsonObject[] = [];
    const sink = (): Sink => ({ write: (rows) => void seen.push(...rows) });
    const big = { id: new ExactNumber('123456789012345678901') };
    await load(sink, [typed, records([big])]);
    await load(sink, [typed, records([{ id: 'x' }])], { config: { validate_records: false } });
    expect(seen).toEqual([big, { id: 'x' }]);
  });

  test('get metadata when asked, and keep what they have of it', async () => {
    const seen: JsonObject[] = [];
    const streams: SinkStream[] = [];
    const item = records([{ id: 1 }, { id: 2, _sdc_sequence: 5 }], {
      timeExtracted: '2023-12-31T00:00:00Z',
      version: 3,
    } as Partial<RecordItem>);
    await load(
      (stream) => {
        streams.push(stream);
        return { write: (rows) => void seen.push(...rows) };
      },
      [schema(), item],
      { config: { add_record_metadata: true } },
    );
    expect(seen).toMatchObject([
      {
        id: 1,
        _sdc_extracted_at: '2023-12-31T00:00:00Z',
        _sdc_received_at: '2024-01-01T00:00:00.000Z',
        _sdc_deleted_at: null,
        _sdc_sequence: Date.UTC(2024, 0, 1),
        _sdc_table_version: 3,
      },
      { id: 2, _sdc_sequence: 5 },
    ]);
    expect(streams[0]?.schema['properties']).toHaveProperty('_sdc_extracted_at');
  });

  test('before their schema, and messages of an unknown type, end the run', async () => {
    await expect(load(() => ({ write() {} }), [records(ids(1))])).rejects.toMatchObject({
      code: 'target.no_schema',
    });
    await expect(
      load(() => ({ write() {} }), [{ kind: 'other', body: { type: 'NEWS' } }]),
    ).rejects.toMatchObject({ code: 'target.unsupported_message' });
  });

  test('under a schema that cannot be compiled are told of', async () => {
    await expect(
      load(() => ({ write() {} }), [schema('t', { id: { $ref: '#/definitions/none' } })]),
    ).rejects.toMatchObject({ code: 'target.invalid_schema' });
  });
});

describe('a schema', () => {
  test('that changes closes the sink after its records and opens another; an equal one changes nothing', async () => {
    const seen: string[] = [];
    const sink = ({ again, schema: { properties } }: SinkStream): Sink => {
      seen.push(`${again ? 'again' : 'open'} ${Object.keys(properties as JsonObject).join()}`);
      return {
        write: (rows) => void seen.push(`wrote ${rows.length}`),
        close: ({ complete }) => void seen.push(`closed ${complete}`),
      };
    };
    const wider = schema('t', { id: { type: 'integer' }, n: {} });
    await load(sink, [schema(), records(ids(1)), schema(), records(ids(2)), wider, records(ids(3))]);
    expect(seen).toEqual(['open id', 'wrote 2', 'closed false', 'again id,n', 'wrote 1', 'closed true']);
  });
});

describe('a version', () => {
  const activate = (version: number): RecordItem => ({ kind: 'activate-version', stream: 't', version });
  const versioned = (version: number) => records(ids(1), { version } as Partial<RecordItem>);
  const seen: string[] = [];
  const sink = (): Sink => ({
    write: () => void seen.push('write'),
    activateVersion: (version) => void seen.push(`version ${version}`),
  });

  test.each([
    [
      'after its records',
      [schema(), versioned(1), activate(1), versioned(1)],
      ['write', 'version 1', 'write'],
    ],
    [
      'at the end, when it was announced first',
      [schema(), activate(1), versioned(1)],
      ['write', 'version 1'],
    ],
  ])('is activated %s', async (_, items, expected) => {
    await load(sink, items);
    expect(seen.splice(0)).toEqual(expected);
  });

  test('is not activated when a run is stopped before its records are complete', async () => {
    await load(sink, [schema(), activate(1), versioned(1)], { signal: AbortSignal.abort() });
    expect(seen.splice(0)).toEqual(['write']);
  });
});
