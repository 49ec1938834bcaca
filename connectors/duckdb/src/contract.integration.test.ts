import type { JsonObject } from '@meltano/foundation/json';
import type { LoadNotice, RecordItem } from '@meltano/sdk/connector';
import { beforeEach, describe, expect, test } from 'vitest';
import { ids, load, newPath, records, schema, state, text } from './load.test.support.ts';
import { readRows, readTable } from './read-rows.test.support.ts';

const number = { type: ['integer', 'null'] };
let path = '';
beforeEach(async () => {
  path = newPath();
  await load({ path }, [schema({ n: number }), records([{ id: 1, n: 1 }])]);
});

const columns = async (table = 't') =>
  (
    await readRows(
      path,
      `SELECT column_name AS c, data_type AS d FROM duckdb_columns() WHERE table_name = '${table}'`,
    )
  ).map((row) => `${String(row['c'])} ${String(row['d'])}`);
const quarantined = () =>
  readRows(
    path,
    'SELECT _sdc_stream AS s, _sdc_record AS r, _sdc_reason AS why FROM _sdc_quarantine ORDER BY _sdc_reason',
  );
const refused = (notices: readonly LoadNotice[]) =>
  notices.flatMap((notice) => (notice.kind === 'refused' ? [`${notice.count} ${notice.reason}`] : []));

const wider = schema({ n: number, extra: text });
const rows = records([
  { id: 2, n: 2, extra: 'x' },
  { id: 3, n: 3, extra: null },
  { id: 4, n: 4 },
]);
const before = ['id BIGINT', 'n BIGINT'];

describe('columns that the table does not have', () => {
  test('evolve by default', async () => {
    await load({ path }, [wider, rows]);
    expect(await columns()).toEqual([...before, 'extra VARCHAR']);
  });

  test('freeze: the run fails before anything is read and names all differences', async () => {
    const more = schema({ n: text, extra: text, other: number });
    await expect(
      load({ path, schema_contract: { columns: 'freeze', data_type: 'freeze' } }, [more, rows, state(1)]),
    ).rejects.toMatchObject({
      code: 'target.schema_frozen',
      message: expect.stringMatching(/"n" is BIGINT and would become VARCHAR.*"extra".*"other"/s) as string,
    });
    expect(await columns()).toEqual(before);
  });

  test('freeze lets what fits pass, also fewer columns and narrower values', async () => {
    const config = { path, schema_contract: { tables: 'freeze', columns: 'freeze', data_type: 'freeze' } };
    await load(config, [schema({}), records([{ id: 2 }])]);
    await load(config, [schema({ n: { type: 'integer' } }), records([{ id: 3, n: 3 }])]);
    expect(ids(await readTable(path, 't'))).toEqual([1, 2, 3]);
    await expect(
      load(config, [schema({ n: number }), records([{ id: 4, surprise: 1 }])]),
    ).rejects.toMatchObject({ code: 'target.invalid_record' });
  });

  test('discard_value: they are left out and counted', async () => {
    const told: string[] = [];
    const config = { path, schema_contract: { columns: 'discard_value' } };
    const { report } = await load(config, [wider, rows], { log: { log: (_, event) => told.push(event) } });
    expect(await columns()).toEqual(before);
    expect(report.streams.get('t')).toEqual({ loaded: 3, refused: 0 });
    expect(told).toEqual([expect.stringContaining('"extra" has no column and was left out of 2 records')]);
  });

  test('discard_row: records that have them are refused and counted', async () => {
    const config = { path, schema_contract: { columns: 'discard_row' } };
    const { report, notices, states } = await load(config, [wider, rows, state(1)]);
    expect(ids(await readTable(path, 't'))).toEqual([1, 3, 4]);
    expect(report.streams.get('t')).toEqual({ loaded: 2, refused: 1 });
    expect(refused(notices)).toEqual(['1 "extra" has no column in the table']);
    expect(states).toEqual([1]);
  });

  test('quarantine: they are kept with the reason, once however often they come', async () => {
    const config = { path, schema_contract: { columns: 'quarantine' } };
    const first = await load(config, [wider, rows, state(1)]);
    await load(config, [wider, rows]);
    expect(first.report.streams.get('t')).toEqual({ loaded: 2, refused: 1, quarantined: 1 });
    expect([...first.report.streams.keys()]).toEqual(['t']);
    expect(await quarantined()).toEqual([
      { s: 't', r: { id: 2, n: 2, extra: 'x' }, why: '"extra" has no column in the table' },
    ]);
  });

  test('a key without column is never left out', async () => {
    await expect(
      load({ path, schema_contract: { columns: 'discard_value' } }, [schema({ code: text }, ['code'])]),
    ).rejects.toMatchObject({ code: 'target.schema_frozen' });
  });
});

describe('values that a column cannot hold', () => {
  const texts = schema({ n: text });
  const mixed = records([
    { id: 2, n: 'x' },
    { id: 3, n: '3' },
  ]);

  test('evolve: the column becomes wider', async () => {
    await load({ path }, [texts, mixed]);
    expect(await columns()).toEqual(['id BIGINT', 'n VARCHAR']);
  });

  test('discard_value: null takes their place, and they are counted', async () => {
    const { report } = await load({ path, schema_contract: { data_type: 'discard_value' } }, [texts, mixed]);
    expect(await readRows(path, 'SELECT id::VARCHAR AS id, n::VARCHAR AS n FROM t ORDER BY 1')).toEqual([
      { id: '1', n: '1' },
      { id: '2', n: null },
      { id: '3', n: '3' },
    ]);
    expect(report.streams.get('t')).toEqual({ loaded: 2, refused: 0, discardedValues: 1 });
  });

  test.each([
    ['discard_row', []],
    ['quarantine', [{ s: 't', r: { id: 2, n: 'x' }, why: '"n" is a string that is not a valid integer' }]],
  ])('%s: their records are left out', async (mode, aside) => {
    const { report } = await load({ path, schema_contract: { data_type: mode } }, [texts, mixed]);
    expect(ids(await readTable(path, 't'))).toEqual([1, 3]);
    expect(report.streams.get('t')).toMatchObject({ loaded: 1, refused: 1 });
    const found = await readTable(path, '_sdc_quarantine');
    expect(found.length === 0 ? [] : await quarantined()).toEqual(aside);
  });

  test('a value that breaks its own schema is treated alike', async () => {
    const config = { path, schema_contract: { data_type: 'discard_value' } };
    await load(config, [schema({ n: number }), records([{ id: 2, n: 'x' }])]);
    expect(ids(await readTable(path, 't'))).toEqual([1, 2]);
    await expect(
      load({ path, schema_contract: { data_type: 'freeze' } }, [
        schema({ n: number }),
        records([{ id: 3, n: 'x' }]),
      ]),
    ).rejects.toMatchObject({ code: 'target.invalid_record' });
  });

  test('a column narrower than it looks is told of', async () => {
    await readRows(path, 'CREATE TABLE small (id BIGINT, n SMALLINT)');
    await expect(
      load({ path, schema_contract: { data_type: 'discard_row' } }, [schema({ n: number }, ['id'], 'small')]),
    ).rejects.toThrow('"n" is SMALLINT and would become BIGINT');
  });
});

describe('tables', () => {
  const other = [schema({}, ['id'], 'other'), records([{ id: 9 }], { stream: 'other' }), state(1)];

  test('freeze: a stream without table fails', async () => {
    await expect(load({ path, schema_contract: { tables: 'freeze' } }, other)).rejects.toThrow(
      'Stream other has no table main.other',
    );
  });

  test.each([
    ['discard_row', 0],
    ['quarantine', 1],
  ])('%s: its records are refused, and no table is made', async (mode, aside) => {
    const config = { path, schema_contract: { tables: mode } };
    const { report, states } = await load(config, [schema({ n: number }), ...other, records([{ id: 2 }])]);
    expect(report.streams.get('other')).toMatchObject({ loaded: 0, refused: 1 });
    expect(report.streams.get('t')).toEqual({ loaded: 1, refused: 0 });
    expect(states).toEqual([1]);
    expect(await columns('other')).toEqual([]);
    expect(await readTable(path, '_sdc_quarantine')).toHaveLength(aside);
  });
});

test('is agreed per stream, by patterns of names, the last match winning', async () => {
  await load({ path }, [schema({}, ['id'], 'raw-a'), schema({}, ['id'], 'raw-b')]);
  const config = {
    path,
    schema_contract: {
      columns: 'freeze',
      streams: { 'raw-*': 'evolve', 'raw-b': { columns: 'discard_row' } },
    },
  };
  const named = (stream: string) => [
    schema({ extra: text }, ['id'], stream),
    records([{ id: 1, extra: 'x' }], { stream }),
  ];
  const { report } = await load(config, [...named('raw-a'), ...named('raw-b')]);
  expect(report.streams.get('raw-a')).toEqual({ loaded: 1, refused: 0 });
  expect(report.streams.get('raw-b')).toEqual({ loaded: 0, refused: 1 });
  await expect(load(config, [wider])).rejects.toMatchObject({ code: 'target.schema_frozen' });
});

test.each([[{ columns: 'melt' }], [{ colums: 'freeze' }], [{ streams: { t: 'melt' } }]])(
  '%j is no contract',
  async (contract) => {
    await expect(load({ path, schema_contract: contract as JsonObject }, [])).rejects.toMatchObject({
      code: 'config.invalid',
    });
  },
);

test('overwrite keeps to the columns and types of the table it replaces', async () => {
  const config = {
    path,
    load_method: 'overwrite',
    schema_contract: { columns: 'discard_value', data_type: 'discard_value' },
  };
  await load(config, [schema({ n: text, extra: text }), records([{ id: 7, n: 'x', extra: 'y' }])]);
  expect(await columns()).toEqual(before);
  expect(await readRows(path, 'SELECT n FROM t')).toEqual([{ n: null }]);
});

describe('quarantine', () => {
  test('keeps its table to itself', async () => {
    await expect(load({ path }, [schema({}, ['id'], '_sdc-quarantine')])).rejects.toMatchObject({
      code: 'target.name_clash',
      message: expect.stringContaining(
        'The stream _sdc-quarantine would be loaded into the table main._sdc_quarantine',
      ),
    });
  });

  const bad = (count: number) =>
    records(Array.from({ length: count }, (_, at) => ({ id: 100 + at, n: 'x' })));
  const good = (count: number) =>
    records(Array.from({ length: count }, (_, at) => ({ id: 1_000 + at, n: 1 })));
  const config = (more: JsonObject = {}) => ({ path, invalid_records: 'quarantine', ...more });
  const own = schema({ n: number });

  test('takes invalid records and records without key', async () => {
    const { report, states } = await load(config(), [own, bad(1), records([{ id: null, n: 5 }]), state(1)]);
    expect(report.streams.get('t')).toEqual({ loaded: 0, refused: 2, quarantined: 2 });
    expect((await quarantined()).map((row) => row['why'])).toEqual([
      '"n" is a string that is not a valid integer',
      'the key "id" is null',
    ]);
    expect(states).toEqual([1]);
  });

  test('is durable before a state after its records, and undone with them', async () => {
    const seen: number[] = [];
    await load({ ...config(), batch_size_rows: 1 }, [own, bad(1), good(1), state(1), good(2)], {
      onState: async () => void seen.push((await readTable(path, '_sdc_quarantine')).length),
    });
    expect(seen).toEqual([1]);
    const breaks: RecordItem[] = [
      own,
      records([{ id: 500, n: 'y' }]),
      { kind: 'other', body: { type: 'X' } },
    ];
    await expect(load(config(), breaks)).rejects.toThrow('"X"');
    expect(await readTable(path, '_sdc_quarantine')).toHaveLength(1);
  });

  test('keeps the record as it came, not as it is flattened', async () => {
    const nested = schema({ o: { type: 'object', properties: { a: number } } });
    await load({ ...config(), data_flattening_max_level: 1 }, [nested, records([{ id: 1, o: { a: 'x' } }])]);
    expect((await quarantined())[0]?.['r']).toEqual({ id: 1, o: { a: 'x' } });
  });

  test.each([
    ['2', [bad(2)], [bad(3)]],
    ['1%', [bad(1), good(99)], [bad(2), good(98)]],
    ['0', [good(1)], [bad(1)]],
  ])('of %s is enough', async (limit, within, beyond) => {
    await load(config({ max_quarantined: limit }), [own, ...within]);
    await expect(load(config({ max_quarantined: limit }), [own, ...beyond, state(1)])).rejects.toMatchObject({
      code: 'target.too_many_quarantined',
    });
  });

  test.each(['many', '200%', '-1', '1.5'])('%j is no limit', async (limit) => {
    await expect(load(config({ max_quarantined: limit }), [])).rejects.toMatchObject({
      code: 'config.invalid',
    });
  });
});
