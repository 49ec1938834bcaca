import type { JsonObject } from '@meltano/foundation/json';
import type { RecordItem } from '@meltano/sdk/connector';
import { describe, expect, test } from 'vitest';
import { ids, load, newPath, records, schema, state, text } from './load.test.support.ts';
import { readTable } from './read-rows.test.support.ts';

const gone = '2024-01-02T00:00:00Z';
const deletedAt = { type: ['string', 'null'], format: 'date-time' };
const withTime = schema({ name: text, _sdc_deleted_at: deletedAt });
const without = schema({ name: text });
const activate = (version: number): RecordItem => ({ kind: 'activate-version', stream: 't', version });

const rowsOf = async (path: string) => {
  const rows = await readTable(path, 't');
  return rows
    .map(({ id, name, _sdc_deleted_at: at }) => [Number(id), name, at ?? null] as const)
    .toSorted(([a], [b]) => a - b);
};

describe('a row that was deleted and comes again', () => {
  const first = records([{ id: 1, name: 'a' }]);
  const deletion = records([{ id: 1, _sdc_deleted_at: gone }]);
  const again = records([{ id: 1, name: 'b' }]);

  test.each([
    ['in one batch', [[withTime, first, deletion, again]]],
    [
      'in a later run',
      [
        [withTime, first, deletion],
        [withTime, again],
      ],
    ],
    [
      'in a run without deletions',
      [
        [withTime, first, deletion],
        [without, again],
      ],
    ],
  ])('is there, %s', async (_, runs) => {
    for (const hardDelete of [false, true]) {
      const path = newPath();
      for (const items of runs) await load({ path, hard_delete: hardDelete }, items);
      expect(await rowsOf(path)).toEqual([[1, 'b', null]]);
    }
  });

  test('a row that is deleted keeps its values', async () => {
    const path = newPath();
    await load({ path }, [withTime, first, deletion]);
    expect(await rowsOf(path)).toEqual([[1, 'a', gone]]);
  });
});

test.each([
  ['an empty text', ''],
  ['false', false],
  ['null', null],
])('a row is not deleted by %s', async (_, value) => {
  for (const start of [withTime, without]) {
    const path = newPath();
    await load({ path, hard_delete: true }, [start, records([{ id: 1, name: 'a', _sdc_deleted_at: value }])]);
    expect((await rowsOf(path)).map(([id]) => id)).toEqual([1]);
  }
});

describe('a deletion that the schema does not name', () => {
  const rows = records([
    { id: 1, name: 'a' },
    { id: 2, name: 'b' },
    { id: 1, _sdc_deleted_at: gone },
  ]);

  test.each<readonly [string, JsonObject]>([
    ['', {}],
    ['with metadata', { add_metadata_columns: true }],
  ])('counts as one that it names %s', async (_, more) => {
    const path = newPath();
    await load({ path, ...more }, [without, rows]);
    expect(await rowsOf(path)).toEqual([
      [1, 'a', gone],
      [2, 'b', null],
    ]);
    const hard = newPath();
    await load({ path: hard, hard_delete: true, ...more }, [without, rows, schema({}), records([{ id: 3 }])]);
    expect(await rowsOf(hard)).toEqual([
      [2, 'b', null],
      [3, null, null],
    ]);
  });

  test('ends a version in a history', async () => {
    const path = newPath();
    await load({ path, load_method: 'scd2' }, [without, rows]);
    const current = (await readTable(path, 't')).filter((row) => row['_sdc_is_current'] === true);
    expect(ids(current)).toEqual([2]);
  });
});

describe('rows without a version', () => {
  const old = [without, records([{ id: 1 }, { id: 2 }])];
  const versioned = (...rows: readonly JsonObject[]) => records(rows, { version: 7 });

  test.each([
    ['at the end', [without, versioned({ id: 1 }), activate(7)]],
    ['at the beginning', [without, activate(7), versioned({ id: 1 }), state({})]],
  ])('are older than a version that is activated %s', async (_, items) => {
    const marked = newPath();
    await load({ path: marked }, old);
    await load({ path: marked }, items);
    expect((await rowsOf(marked)).filter(([, , at]) => at !== null).map(([id]) => id)).toEqual([2]);
    const removed = newPath();
    await load({ path: removed }, old);
    await load({ path: removed, hard_delete: true }, items);
    expect(ids(await readTable(removed, 't'))).toEqual([1]);
  });

  test('end in a history', async () => {
    const config = { path: newPath(), load_method: 'scd2' };
    await load(config, old);
    await load(config, [without, versioned({ id: 1 }), activate(7)]);
    const current = (await readTable(config.path, 't')).filter((row) => row['_sdc_is_current'] === true);
    expect(ids(current)).toEqual([1]);
  });

  test('stay where an incremental stream goes on from where it was', async () => {
    const incremental = { ...without, bookmarkProperties: ['id'] } as RecordItem;
    const items = [incremental, activate(7), versioned({ id: 2 })];
    for (const method of ['upsert', 'scd2']) {
      const config = { path: newPath(), load_method: method, hard_delete: true };
      const present = async () =>
        ids((await readTable(config.path, 't')).filter((row) => row['_sdc_is_current'] !== false));
      await load(config, old);
      await load(config, items, { continues: true });
      await load(config, items);
      expect(await present()).toEqual([1, 2]);
      await load(config, items, { fullRefresh: true });
      expect(await present()).toEqual([2]);
    }
  });

  test.each([
    ['the run brings nothing', [without, activate(7)]],
    ['the tap gives its records none', [without, records([{ id: 1 }]), activate(7)]],
    ['some of its records have none', [without, versioned({ id: 1 }), records([{ id: 3 }]), activate(7)]],
  ])('stay where %s', async (_, items) => {
    const config = { path: newPath(), hard_delete: true, add_metadata_columns: true };
    await load(config, old);
    await load(config, items);
    expect(ids(await readTable(config.path, 't')).slice(0, 2)).toEqual([1, 2]);
  });
});

test('a version is activated before a state that comes after it is stored', async () => {
  const path = newPath();
  const versioned = (version: number, ...rows: readonly JsonObject[]) => records(rows, { version });
  const seen: (readonly number[])[] = [];
  const breaks = async function* (): AsyncGenerator<RecordItem> {
    yield without;
    yield versioned(2, { id: 1 });
    yield activate(2);
    yield state({ at: 2 });
    throw new Error('gone');
  };
  const config = { path, hard_delete: true, batch_size_rows: 1 };
  await load(config, [without, versioned(1, { id: 1 }, { id: 2 })]);
  const onState = async () => void seen.push(ids(await readTable(path, 't')));
  await expect(load(config, breaks(), { onState })).rejects.toThrow('gone');
  expect(seen).toEqual([[1]]);
});
