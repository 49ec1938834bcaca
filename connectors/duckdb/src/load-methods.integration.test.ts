import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@meltano/foundation/clock';
import { ExactNumber, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { RecordItem } from '@meltano/sdk/connector';
import { describe, expect, test } from 'vitest';
import { dialect } from './dialect.ts';
import { folder, ids, load, newPath, records, schema, state, text } from './load.test.support.ts';
import { readRows, readTable } from './read-rows.test.support.ts';

describe('overwrite', () => {
  test('shows readers the old rows until the new ones are complete', async () => {
    const path = newPath();
    const config = { path, load_method: 'overwrite', batch_size_rows: 1 };
    await load(config, [schema({}), records([{ id: 1 }, { id: 2 }])]);
    const seen: (readonly number[])[] = [];
    const items = async function* (): AsyncGenerator<RecordItem> {
      yield schema({});
      for (let id = 10; id < 13; id += 1) {
        yield records([{ id }]);
        yield state({ id });
        seen.push(ids(await readTable(path, 't')));
      }
    };
    const { states } = await load(config, items());
    expect(seen).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(ids(await readTable(path, 't'))).toEqual([10, 11, 12]);
    expect(states).toEqual([{ id: 12 }]);
    expect(await readRows(path, 'SELECT table_name FROM duckdb_tables()')).toEqual([{ table_name: 't' }]);
  });

  test('keeps the old rows when the input breaks off or is stopped', async () => {
    const path = newPath();
    const config = { path, load_method: 'overwrite' };
    await load(config, [schema({}), records([{ id: 1 }])]);
    const breaks = async function* (): AsyncGenerator<RecordItem> {
      yield schema({});
      yield records([{ id: 2 }]);
      yield state({ at: 2 });
      throw new Error('gone');
    };
    await expect(load(config, breaks())).rejects.toThrow('gone');
    const stopped = await load(config, [schema({}), records([{ id: 3 }]), state({ at: 3 })], {
      signal: AbortSignal.abort(),
    });
    expect(stopped.states).toEqual([]);
    expect(ids(await readTable(path, 't'))).toEqual([1]);
    expect(await readRows(path, 'SELECT table_name FROM duckdb_tables()')).toEqual([{ table_name: 't' }]);
  });

  test('empties a table whose stream is empty, and takes the shape of the new schema', async () => {
    const path = newPath();
    const config = { path, load_method: 'overwrite' };
    await load(config, [schema({ old: text }), records([{ id: 1, old: 'x' }])]);
    await load(config, [schema({ fresh: text })]);
    expect(await readTable(path, 't')).toEqual([]);
    expect(
      await readRows(path, "SELECT column_name AS c FROM duckdb_columns() WHERE table_name = 't'"),
    ).toEqual([{ c: 'id' }, { c: 'fresh' }]);
  });
});

describe('overwrite loses nothing that is not its own:', () => {
  const incremental = { ...schema({}), bookmarkProperties: ['id'] } as RecordItem;

  test('a stream that continues from a bookmark is refused, and replaced by a full refresh', async () => {
    const path = newPath();
    const config = { path, load_method: 'overwrite' };
    await load(config, [schema({}), records([{ id: 1 }, { id: 2 }])]);
    await expect(load(config, [incremental, records([{ id: 3 }])])).rejects.toMatchObject({
      code: 'target.incremental_overwrite',
      hint: expect.stringContaining('--full-refresh') as string,
    });
    expect(ids(await readTable(path, 't'))).toEqual([1, 2]);
    await load(config, [incremental, records([{ id: 3 }])], { fullRefresh: true });
    expect(ids(await readTable(path, 't'))).toEqual([3]);
    await load(config, [incremental, records([{ id: 5 }])], { continues: false });
    expect(ids(await readTable(path, 't'))).toEqual([5]);
    await expect(load(config, [incremental], { continues: true })).rejects.toThrow(
      'all rows that are not new would be lost',
    );
    await load({ ...config, overwrite_incremental: true }, [incremental, records([{ id: 3 }])]);
    expect(ids(await readTable(path, 't'))).toEqual([3]);
    await load({ path }, [incremental, records([{ id: 4 }])]);
    expect(ids(await readTable(path, 't'))).toEqual([3, 4]);
  });

  test('a table with the old name of the place stays, and one that is in the place is refused', async () => {
    const path = newPath();
    const config = { path, load_method: 'overwrite' };
    await load(config, [schema({}, ['id'], 't__loading'), records([{ id: 7 }], { stream: 't__loading' })]);
    await load(config, [schema({}), records([{ id: 1 }])]);
    expect(ids(await readTable(path, 't__loading'))).toEqual([7]);
    await readRows(path, 'CREATE TABLE "t:loading" AS SELECT 8 AS id');
    await expect(load(config, [schema({}), records([{ id: 2 }])])).rejects.toMatchObject({
      code: 'target.foreign_table',
    });
    expect(ids(await readTable(path, 't:loading'))).toEqual([8]);
    expect(ids(await readTable(path, 't'))).toEqual([1]);
  });

  test('what a killed run left in the place is removed, and the table that took its place is not taken for that', async () => {
    const path = newPath();
    const config = { path, load_method: 'overwrite' };
    await load(config, [schema({}), records([{ id: 1 }])]);
    expect(await readRows(path, 'SELECT comment AS c FROM duckdb_tables()')).toEqual([{ c: null }]);
    await readRows(path, 'CREATE TABLE "t:loading" AS SELECT 8 AS id');
    for (const sql of [dialect.markLoading({ schema: 'main', name: 't:loading' })]) await readRows(path, sql);
    await load(config, [schema({}), records([{ id: 2 }])]);
    expect(await readRows(path, 'SELECT table_name FROM duckdb_tables()')).toEqual([{ table_name: 't' }]);
    expect(ids(await readTable(path, 't'))).toEqual([2]);
  });

  test('rows that were thrown away do not count as loaded, and notices name the real table', async () => {
    const path = newPath();
    const config = { path, load_method: 'overwrite', batch_size_rows: 1 };
    const items = [schema({}), records([{ id: 1 }]), records([{ id: 2 }])];
    const stopped = await load(config, items, { signal: AbortSignal.abort() });
    expect(stopped.report.streams.get('t')).toEqual({ loaded: 0, refused: 0 });
    const { notices, report } = await load(config, items);
    expect(report.streams.get('t')).toEqual({ loaded: 2, refused: 0 });
    expect(notices).toMatchObject([{ change: 'table-created', table: 'main.t' }]);
  });
});

test('append-only adds rows although they have a key', async () => {
  const path = newPath();
  const items = [schema({}), records([{ id: 1 }, { id: 1 }])];
  await load({ path, load_method: 'append-only' }, items);
  await load({ path, load_method: 'append-only' }, items);
  expect(ids(await readTable(path, 't'))).toEqual([1, 1, 1, 1]);
});

describe('rows that go straight to their table', () => {
  const append = (path: string): JsonObject => ({ path, load_method: 'append-only' });
  const other = (id: number): RecordItem => ({
    kind: 'records',
    stream: 'other',
    records: [{ id }],
    bytes: 10,
  });

  test('are committed together with a change of another table, each once', async () => {
    const path = newPath();
    const { report } = await load(append(path), [
      schema({}),
      schema({}, [], 'other'),
      records([{ id: 1 }]),
      other(1),
      schema({ extra: text }),
      records([{ id: 2, extra: 'x' }]),
      other(2),
      records([{ id: new ExactNumber('9223372036854775808') }]),
      other(3),
      state({ at: 1 }),
    ]);
    expect(report.streams.get('t')).toEqual({ loaded: 3, refused: 0 });
    expect(await readRows(path, 'SELECT count(*)::INT AS n, max(id) AS top FROM t')).toEqual([
      { n: new ExactNumber('3'), top: new ExactNumber('9223372036854775808') },
    ]);
    expect(ids(await readTable(path, 'other'))).toEqual([1, 2, 3]);
  });

  test('are undone when a later record ends the run', async () => {
    const path = newPath();
    await load(append(path), [schema({}), records([{ id: 1 }])]);
    await expect(
      load(append(path), [schema({}), records([{ id: 2 }]), records([{ id: 'x' }])]),
    ).rejects.toThrow('"id"');
    expect(ids(await readTable(path, 't'))).toEqual([1]);
  });

  test('take the way round where the table has more columns, or others first', async () => {
    const path = newPath();
    await load(append(path), [schema({ a: text }), records([{ id: 1, a: 'x' }])]);
    await load(append(path), [schema({}), records([{ id: 2 }])]);
    const turned: RecordItem = {
      kind: 'schema',
      stream: 't',
      schema: { properties: { a: text, id: { type: 'integer' } } },
      keyProperties: [],
    };
    await load(append(path), [turned, records([{ id: 3, a: 'y' }])]);
    expect(await readRows(path, 'SELECT a FROM t ORDER BY id')).toEqual([
      { a: 'x' },
      { a: null },
      { a: 'y' },
    ]);
  });
});

describe('evolution', () => {
  const column = async (path: string, name: string) =>
    (
      await readRows(
        path,
        `SELECT data_type AS t FROM duckdb_columns() WHERE table_name = 't' AND column_name = '${name}'`,
      )
    )[0]?.['t'];

  test.each<readonly [string, JsonObject, JsonValue, JsonObject, JsonValue, string, readonly JsonValue[]]>([
    ['integer to number', { type: 'integer' }, 1, { type: 'number' }, 1.5, 'DOUBLE', [1, 1.5]],
    [
      'a large integer to number',
      { type: 'integer' },
      new ExactNumber('9007199254740993'),
      { type: 'number' },
      1.5,
      'VARCHAR',
      ['9007199254740993', '1.5'],
    ],
    ['number to integer', { type: 'number' }, 1.5, { type: 'integer' }, 2, 'DOUBLE', [1.5, 2]],
    [
      'decimal to a finer one',
      { type: 'number', multipleOf: 0.1 },
      1.5,
      { type: 'number', multipleOf: 0.001 },
      2.125,
      'DECIMAL(38,3)',
      [new ExactNumber('1.500'), new ExactNumber('2.125')],
    ],
    [
      'date to date-time',
      { type: 'string', format: 'date' },
      '2024-01-01',
      { type: 'string', format: 'date-time' },
      '2024-01-02T03:00:00+03:00',
      'TIMESTAMP WITH TIME ZONE',
      ['2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z'],
    ],
    ['boolean to text', { type: 'boolean' }, true, { type: 'string' }, 'x', 'VARCHAR', ['true', 'x']],
    ['text to integer', { type: 'string' }, 'x', { type: 'integer' }, 7, 'VARCHAR', ['x', '7']],
    ['integer to object', { type: 'integer' }, 7, { type: 'object' }, { a: 1 }, 'VARCHAR', ['7', '{"a":1}']],
  ])('%s', async (_, before, first, after, second, type, values) => {
    const path = newPath();
    await load({ path }, [schema({ v: before }), records([{ id: 1, v: first }])]);
    await load({ path }, [schema({ v: after }), records([{ id: 2, v: second }])]);
    expect(await column(path, 'v')).toBe(type);
    const rows = await readRows(path, 'SELECT v FROM t ORDER BY id');
    expect(rows.map((row) => row['v'])).toEqual(values);
  });

  test('adds columns, tells of them, and leaves the values of columns that no longer come', async () => {
    const path = newPath();
    await load({ path }, [schema({ a: text }), records([{ id: 1, a: 'kept' }])]);
    const { notices } = await load({ path }, [
      schema({ b: text }),
      records([
        { id: 1, b: 'new' },
        { id: 2, b: 'x' },
      ]),
    ]);
    expect(notices).toEqual([
      {
        kind: 'schema-change',
        stream: 't',
        change: 'column-added',
        table: 'main.t',
        column: 'b',
        type: 'VARCHAR',
      },
    ]);
    expect(await readRows(path, 'SELECT a, b FROM t ORDER BY id')).toEqual([
      { a: 'kept', b: 'new' },
      { a: null, b: 'x' },
    ]);
  });

  test('widens a column that somebody made too narrow, and refuses one that cannot be written', async () => {
    const path = newPath();
    await load({ path }, [schema({}, ['id'], 'other')]);
    await readRows(path, 'CREATE TABLE t (ID INTEGER, n FLOAT)');
    await load({ path }, [schema({ n: { type: 'number' } }), records([{ id: 5_000_000_000, n: 0.1 }])]);
    expect(await readTable(path, 't')).toEqual([{ id: new ExactNumber('5000000000'), n: 0.1 }]);
    await readRows(path, 'CREATE OR REPLACE TABLE t (id INTEGER, n STRUCT(a INTEGER))');
    await expect(load({ path }, [schema({ n: { type: 'object' } })])).rejects.toMatchObject({
      code: 'target.unusable_table',
    });
  });
});

describe('invalid records', () => {
  const items = [
    schema({ n: { type: ['integer', 'null'] } }),
    records([{ id: 1, n: 1 }, { id: 2, n: 'x' }, { id: null }]),
    state({ at: 1 }),
  ];

  test('end the run by default', async () => {
    await expect(load({ path: newPath() }, items)).rejects.toMatchObject({ code: 'target.invalid_record' });
  });

  test('are refused with a count and a reason when asked', async () => {
    const path = newPath();
    const { notices, report, states } = await load({ path, invalid_records: 'refuse' }, items);
    expect(report.streams.get('t')).toEqual({ loaded: 1, refused: 2 });
    expect(notices.filter((notice) => notice.kind === 'refused')).toEqual([
      { kind: 'refused', stream: 't', count: 1, reason: 'the key "id" is null' },
      { kind: 'refused', stream: 't', count: 1, reason: '"n" is a string that is not a valid integer' },
    ]);
    expect(states).toEqual([{ at: 1 }]);
  });

  test('a stream without key is refused where keys are required', async () => {
    await expect(
      load({ path: newPath(), primary_key_required: true }, [schema({}, [])]),
    ).rejects.toMatchObject({ code: 'target.no_key' });
  });
});

describe('versions', () => {
  const activate = (version: number): RecordItem => ({ kind: 'activate-version', stream: 't', version });
  const first = [schema({}), records([{ id: 1 }, { id: 2 }], { version: 1 }), activate(1)];

  test('mark rows of an older version when the newer one is complete', async () => {
    const path = newPath();
    await load({ path }, first);
    await load({ path }, [schema({}), records([{ id: 1 }], { version: 2 }), activate(2)]);
    expect(
      await readRows(path, 'SELECT id::INT AS id, _sdc_deleted_at IS NOT NULL AS gone FROM t ORDER BY id'),
    ).toMatchObject([{ gone: false }, { gone: true }]);
    await load({ path }, [schema({}), records([{ id: 2 }], { version: 3 })]);
    expect(await readRows(path, 'SELECT count(*)::INT AS n FROM t WHERE _sdc_deleted_at IS NULL')).toEqual([
      { n: new ExactNumber('2') },
    ]);
  });

  test('delete them with hard_delete, also when the message comes first, but not when the input breaks off', async () => {
    const path = newPath();
    const config = { path, hard_delete: true };
    await load(config, first);
    await load(config, [schema({}), activate(2), records([{ id: 1 }], { version: 2 })], {
      signal: AbortSignal.abort(),
    });
    expect(ids(await readTable(path, 't'))).toEqual([1, 2]);
    await load(config, [schema({}), activate(3), records([{ id: 1 }], { version: 3 })]);
    expect(ids(await readTable(path, 't'))).toEqual([1]);
  });

  test('a record that says it is deleted is deleted with hard_delete, and kept otherwise', async () => {
    const gone = { _sdc_deleted_at: { type: ['string', 'null'], format: 'date-time' } };
    const items = [schema(gone), records([{ id: 1 }, { id: 2, _sdc_deleted_at: '2024-01-01T00:00:00Z' }])];
    const [soft, hard] = [newPath(), newPath()];
    await load({ path: soft }, items);
    await load({ path: hard, hard_delete: true }, items);
    expect(ids(await readTable(soft, 't'))).toEqual([1, 2]);
    expect(ids(await readTable(hard, 't'))).toEqual([1]);
  });
});

test('adds metadata columns when asked, under either name of the setting', async () => {
  for (const setting of ['add_metadata_columns', 'add_record_metadata']) {
    const path = newPath();
    const item = { ...records([{ id: 1 }]), timeExtracted: '2024-01-01T00:00:00Z' } as RecordItem;
    await load({ path, [setting]: true }, [schema({}), item]);
    const [row] = await readTable(path, 't');
    expect(row).toMatchObject({
      _sdc_extracted_at: '2024-01-01T00:00:00Z',
      _sdc_received_at: '2024-01-01T00:00:00Z',
      _sdc_deleted_at: null,
      _sdc_table_version: null,
      _sdc_sync_started_at: new ExactNumber('1704067200000'),
    });
  }
});

test('makes columns of nested objects when asked, with keys among them', async () => {
  const path = newPath();
  const nested = { who: { type: 'object', properties: { name: text, more: { type: 'object' } } } };
  const rows = [
    { id: 1, who: { name: 'a', more: { x: 1 } } },
    { id: 2, who: null },
  ];
  await load({ path, data_flattening_max_level: 1 }, [schema(nested), records(rows)]);
  expect(await readRows(path, 'SELECT who__name, who__more FROM t ORDER BY id')).toEqual([
    { who__name: 'a', who__more: { x: 1 } },
    { who__name: null, who__more: null },
  ]);
});

test('never mixes two properties in one column of flattened objects, and tells of the other name', async () => {
  const path = newPath();
  const told: string[] = [];
  const clashing = { o: { type: 'object', properties: { a: { type: 'integer' } } }, o__a: text };
  await load(
    { path, data_flattening_max_level: 2 },
    [schema(clashing), records([{ id: 1, o: { a: 5 }, o__a: 'x' }])],
    { log: { log: (_, event) => told.push(event) } },
  );
  const [row = {}] = await readTable(path, 't');
  expect(row['o__a']).toBe('x');
  expect(Object.values(row).map(String).sort()).toEqual(['1', '5', 'x']);
  expect(told).toEqual([expect.stringMatching(/"o\.a" is loaded into the column "o__a_[0-9a-f]{8}"/)]);
});

test('keeps texts that are no times, as texts, and tells of what no text can hold', async () => {
  const path = newPath();
  const told: string[] = [];
  const times = {
    at: { type: ['string', 'null'], format: 'date-time' },
    day: { type: 'string', format: 'date' },
  };
  const rows = [
    { id: 1, at: '2024-01-01T00:00:00Z', day: '2024-01-01' },
    { id: 2, at: '+10000-01-01T00:00:00Z', day: '' },
    { id: 3, at: '', day: 'x\ud800' },
  ];
  await load({ path, batch_size_rows: 1 }, [schema(times), ...rows.map((row) => records([row]))], {
    log: { log: (_, event) => told.push(event) },
  });
  expect(await readRows(path, 'SELECT "at", day FROM t ORDER BY id')).toEqual([
    { at: '2024-01-01 00:00:00+00', day: '2024-01-01' },
    { at: '+10000-01-01T00:00:00Z', day: '' },
    { at: '', day: 'x\ufffd' },
  ]);
  expect(told).toEqual([expect.stringContaining('1 texts in "day"')]);
});

test('records of batch files are loaded at their place, by the same rules as others', async () => {
  const path = newPath();
  const file = join(folder, 'batch.json');
  writeFileSync(file, '{"id":1,"n":"from the file"}\n{"id":"x"}\n');
  const batch: RecordItem = {
    kind: 'other',
    body: {
      type: 'BATCH',
      stream: 't',
      encoding: { format: 'jsonl', compression: 'gzip' },
      manifest: [`file://${file}`],
    },
  };
  const items = [schema({ n: text }), records([{ id: 1, n: 'before' }]), batch, state({ at: 1 })];
  const { report, states } = await load({ path, invalid_records: 'refuse' }, items);
  expect(await readRows(path, 'SELECT n FROM t')).toEqual([{ n: 'from the file' }]);
  expect(report.streams.get('t')).toEqual({ loaded: 2, refused: 1 });
  expect(states).toEqual([{ at: 1 }]);
});

test('tells how many values were no numbers', async () => {
  const told: string[] = [];
  const items = [schema({}), { ...records([{ id: 1 }]), notNumbers: 2 } as RecordItem];
  await load({ path: newPath() }, items, { log: { log: (_, event) => told.push(event) } });
  expect(told).toEqual([expect.stringContaining('2 values were NaN or Infinity')]);
});

test('loads more streams at once than there is memory for tables of their own', async () => {
  const path = newPath();
  const columns = Array.from({ length: 9 }, (_, at) => `c${at}`);
  const wide = Object.fromEntries(columns.map((column) => [column, text]));
  const row = { id: 1, ...Object.fromEntries(columns.map((column) => [column, 'x'])) };
  const names = Array.from({ length: 300 }, (_, at) => `s${at}`);
  const items = names.flatMap((name) => [schema(wide, ['id'], name), records([row], { stream: name })]);
  for (let round = 0; round < 2; round += 1) {
    const { report } = await load({ path, memory_limit: '150MB' }, [...items, state({ at: 1 })]);
    expect([...report.streams.values()]).toEqual(names.map(() => ({ loaded: 1, refused: 0 })));
  }
  const [count] = await readRows(path, 'SELECT sum(estimated_size)::INT AS n FROM duckdb_tables()');
  expect(String(count?.['n'] as ExactNumber)).toBe('300');
});

test('puts streams into the schema that is wanted, and never two into one table', async () => {
  const path = newPath();
  const config = {
    path,
    default_target_schema: 'Raw Data',
    schema_mapping: { public: { target_schema: 'erp' } },
  };
  await load(config, [schema({}, ['id'], 'public-users'), schema({}, ['id'], 'other-users')]);
  const tables = await readRows(
    path,
    'SELECT schema_name AS s, table_name AS t FROM duckdb_tables() ORDER BY 1',
  );
  expect(tables).toEqual([
    { s: 'Raw Data', t: 'other_users' },
    { s: 'erp', t: 'users' },
  ]);
  const clash = [schema({}, ['id'], 'a-b'), schema({}, ['id'], 'a.b')];
  await expect(load({ path: newPath() }, clash)).rejects.toMatchObject({ code: 'target.name_clash' });
});

test('acknowledges by time although the source is silent', async () => {
  const path = newPath();
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
  let acknowledged = () => {};
  const durable = new Promise<void>((resolve) => {
    acknowledged = resolve;
  });
  const items = async function* (): AsyncGenerator<RecordItem> {
    yield schema({});
    yield records([{ id: 1 }]);
    yield state({ at: 1 });
    queueMicrotask(() => setImmediate(() => wake()));
    await durable;
  };
  const { states } = await load({ path }, items(), { clock, onState: async () => acknowledged() });
  expect(states).toEqual([{ at: 1 }]);
});

test('says what to do when DuckDB has not enough memory', async () => {
  const rows = Array.from({ length: 400 }, (_, id) => ({ id, long: `${id}`.repeat(100_000) }));
  const config = { path: newPath(), memory_limit: '20MB' };
  await expect(load(config, [schema({ long: text }), records(rows)])).rejects.toMatchObject({
    code: 'duckdb.out_of_memory',
    hint: expect.stringContaining('memory_limit') as string,
  });
});

describe('the file', () => {
  test('is not made for an empty input, and its folder is made for another', async () => {
    const path = join(folder, 'new', 'deep', 'x.duckdb');
    await load({ path }, [state({ at: 1 })]);
    expect(existsSync(path)).toBe(false);
    await load({ filepath: path }, [schema({}), records([{ id: 1 }])]);
    expect(ids(await readTable(path, 't'))).toEqual([1]);
  });

  // DuckDB opens a CSV or Parquet file as something in memory, and all that is loaded would be gone.
  test.each([
    ['x.duckdb', 'not a database '.repeat(1_000)],
    ['x.csv', 'id,name\n1,x\n'],
    ['x.parquet', `PAR1${' '.repeat(5_000)}PAR1`],
  ])('that is no database is refused when the target is opened (%s)', async (name, content) => {
    const path = `${newPath()}.${name}`;
    writeFileSync(path, content);
    await expect(load({ path }, [])).rejects.toMatchObject({
      code: 'duckdb.not_a_database',
      category: 'invalid',
    });
  });

  test.skipIf(process.getuid?.() === 0)(
    'in a folder that may not be written is refused at once (skipped for root, who may write anywhere)',
    async () => {
      const closed = join(folder, 'closed');
      mkdirSync(closed);
      chmodSync(closed, 0o500);
      await expect(load({ path: join(closed, 'x.duckdb') }, [])).rejects.toMatchObject({
        code: 'duckdb.not_writable',
      });
    },
  );

  test('below a file is refused', async () => {
    const path = newPath();
    writeFileSync(path, '');
    await expect(load({ path: join(path, 'x.duckdb') }, [schema({})])).rejects.toMatchObject({
      code: 'duckdb.not_writable',
    });
  });

  test.each([
    ['md:warehouse', 'duckdb.unsupported_path'],
    ['', 'config.invalid'],
  ])('%j is no path', async (path, code) => {
    await expect(load({ path }, [])).rejects.toMatchObject({ code });
  });
});

describe('a key that comes to need a text', () => {
  const instant = { type: 'string', format: 'date-time' };
  const keyed = (type: JsonObject): RecordItem => ({
    kind: 'schema',
    stream: 't',
    schema: { properties: { k: type, v: { type: 'integer' } } },
    keyProperties: ['k'],
  });
  const rows = (...keys: readonly JsonValue[]) => records(keys.map((k) => ({ k, v: 1 })));
  const exact = new ExactNumber('0.12345678901234567890123');

  test.each<readonly [string, JsonObject, JsonValue, JsonValue]>([
    ['an instant', instant, '2024-01-01T00:00:00Z', '0000-00-00 00:00:00'],
    ['a time', { type: 'string', format: 'time' }, '10:00:00.50', 'noon'],
    ['a number', { type: 'number' }, 1, exact],
    ['a decimal', { type: 'number', multipleOf: 0.01 }, 1.5, new ExactNumber(`0.${'3'.repeat(50)}`)],
  ])('ends the run where rows are there by %s, and says what to do', async (_, type, key, other) => {
    for (const method of ['upsert', 'scd2']) {
      const config = { path: newPath(), load_method: method };
      await load(config, [keyed(type), rows(key)]);
      for (const items of [
        [keyed(type), rows(other)],
        [keyed({ type: 'string' }), rows(String(key))],
      ])
        await expect(load(config, items)).rejects.toMatchObject({ code: 'target.key_type' });
      await load({ ...config, schema_contract: { data_type: 'quarantine' } }, [
        keyed(type),
        rows(key, other),
      ]);
      expect(await readTable(config.path, 't')).toHaveLength(1);
      expect(await readTable(config.path, '_sdc_quarantine')).toHaveLength(1);
    }
  });

  test('gets it where no row is there yet, none is found by it, or a text is spelled in one way', async () => {
    const empty = { path: newPath() };
    await load(empty, [keyed(instant), rows('2024-01-01T00:00:00Z', 'never')]);
    expect(await readTable(empty.path, 't')).toHaveLength(2);
    const appended = { path: newPath(), load_method: 'append-only' };
    await load(appended, [keyed(instant), rows('2024-01-01T00:00:00Z')]);
    await load(appended, [keyed(instant), rows('never')]);
    expect(await readTable(appended.path, 't')).toHaveLength(2);
    const whole = { path: newPath() };
    await load(whole, [keyed({ type: 'integer' }), rows(7)]);
    await load(whole, [keyed({ type: 'string' }), rows('7', 'x')]);
    const keys = (await readTable(whole.path, 't')).map((row) => row['k']);
    expect(new Set(keys)).toEqual(new Set(['7', 'x']));
  });
});

test('streams by turns are written in their order, with all that stands between their records', async () => {
  const config = { path: newPath(), hard_delete: true };
  const other = (row: JsonObject) => records([row], { stream: 'u' });
  const { states, report } = await load(config, [
    schema({ name: text }),
    schema({ name: text }, ['id'], 'u'),
    records([{ id: 1, name: 'a' }], { version: 1 }),
    other({ id: 1, name: 'b' }),
    records([{ id: 2, name: 'a' }], { version: 2 }),
    state(1),
    other({ id: 1, name: 'c' }),
    { kind: 'activate-version', stream: 't', version: 2 },
    schema({ name: text, more: text }, ['id'], 'u'),
    other({ id: 2, more: 'd' }),
    state(2),
  ]);
  expect(ids(await readTable(config.path, 't'))).toEqual([2]);
  const rows = (await readTable(config.path, 'u')).map(({ id, name, more }) => [Number(id), name, more]);
  expect(rows.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
    [1, 'c', null],
    [2, null, 'd'],
  ]);
  expect(states).toEqual([2]);
  expect([...report.streams].map(([stream, { loaded }]) => [stream, loaded])).toEqual([
    ['t', 2],
    ['u', 3],
  ]);
});

describe('records that were read at different times', () => {
  const at = (second: number) => `2024-01-01T00:00:0${second}.5Z`;
  const read = (row: JsonObject, second: number) => records([row], { timeExtracted: at(second) });

  test('keep them, also beside one that is refused', async () => {
    const config = {
      path: newPath(),
      add_metadata_columns: true,
      schema_contract: { columns: 'discard_row', data_type: 'discard_row' },
      invalid_records: 'refuse',
    };
    await load(config, [schema({ n: { type: 'integer' } }), read({ id: 0, n: 0 }, 0)]);
    const { report } = await load(config, [
      schema({ n: { type: 'integer' } }),
      read({ id: 1, n: 1 }, 1),
      read({ id: 2, n: 2, strange: true }, 2),
      read({ id: 3, n: 3 }, 3),
      read({ id: 4, n: 'four' }, 4),
      read({ id: 5, n: 5 }, 5),
      state(1),
    ]);
    expect(report.streams.get('t')).toMatchObject({ loaded: 3, refused: 2 });
    const rows = await readRows(config.path, 'SELECT id, _sdc_extracted_at AS read FROM t ORDER BY id');
    expect(rows.map(({ id, read: time }) => [Number(id), Date.parse(String(time))])).toEqual(
      [0, 1, 3, 5].map((id) => [id, Date.parse(at(id))]),
    );
  });

  test('are versions of their own in a history', async () => {
    const config = { path: newPath(), load_method: 'scd2' };
    await load(config, [
      schema({ name: text }),
      ...['a', 'b', 'c'].map((name, second) => read({ id: 1, name }, second)),
      state(1),
    ]);
    const rows = await readRows(config.path, 'SELECT name, _sdc_valid_from AS since FROM t ORDER BY since');
    expect(rows.map(({ name, since }) => [name, Date.parse(String(since))])).toEqual(
      ['a', 'b', 'c'].map((name, second) => [name, Date.parse(at(second))]),
    );
  });
});
