import type { JsonObject } from '@meltano/foundation/json';
import type { RecordItem } from '@meltano/sdk/connector';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { load, newPath, records, schema, text } from './load.test.support.ts';
import { readRows, readTable } from './read-rows.test.support.ts';

const instant = { type: ['string', 'null'], format: 'date-time' };
const at = (day: number) => `2024-01-${String(day).padStart(2, '0')}T00:00:00Z`;

/** Users whose rows say since when they are as they are. */
const users = { ...schema({ name: text, at: instant }), bookmarkProperties: ['at'] } as RecordItem;
const user = (id: number, name: string, day: number, more: JsonObject = {}): JsonObject => ({
  id,
  name,
  at: at(day),
  ...more,
});

/** `1 a 01-05 current`, in the order of key and time. */
async function versions(path: string): Promise<readonly string[]> {
  const rows = await readRows(
    path,
    `SELECT id::VARCHAR || ' ' || coalesce(name, '-') || ' ' || strftime(_sdc_valid_from, '%d') || ' ' ||
      coalesce(strftime(_sdc_valid_to, '%d'), 'now') || CASE WHEN _sdc_is_current THEN ' current' ELSE '' END AS v
      FROM t ORDER BY id, _sdc_valid_from`,
  );
  return rows.map((row) => String(row['v']));
}

function arriving(day: number, rows: readonly JsonObject[], version?: number): RecordItem {
  return {
    kind: 'records',
    stream: 't',
    records: rows,
    bytes: 10,
    timeExtracted: at(day),
    ...(version === undefined ? {} : { version }),
  };
}

const history = (path: string, more: JsonObject = {}) => ({ path, load_method: 'scd2', ...more });

describe('history by the time of the rows', () => {
  const all = [user(1, 'a', 1), user(2, 'x', 1), user(1, 'b', 3), user(1, 'c', 5)];
  const expected = ['1 a 01 03', '1 b 03 05', '1 c 05 now current', '2 x 01 now current'];

  test('a changed row becomes a new version and ends the one before', async () => {
    const path = newPath();
    await load(history(path), [users, records(all.slice(0, 2))]);
    expect(await versions(path)).toEqual(['1 a 01 now current', '2 x 01 now current']);
    const { report } = await load(history(path), [users, records(all.slice(2))]);
    expect(report.streams.get('t')).toEqual({ loaded: 2, refused: 0 });
    expect(await versions(path)).toEqual(expected);
  });

  test.each([
    ['in one batch', [all]],
    ['each alone', all.map((row) => [row])],
    ['late', [...all].reverse().map((row) => [row])],
    ['again, as a whole', [all, all]],
    ['again, in part and out of order', [all, [all[2] as JsonObject], [all[0] as JsonObject]]],
  ])('the same rows %s make the same history', async (_, batches) => {
    const path = newPath();
    for (const batch of batches) await load(history(path), [users, records(batch)]);
    expect(await versions(path)).toEqual(expected);
  });

  test('batches within one run do as well as runs, whatever is made durable when', async () => {
    const path = newPath();
    const items = [...all, ...all].map((row) => records([row]));
    await load(history(path, { batch_size_rows: 1 }), [users, ...items]);
    expect(await versions(path)).toEqual(expected);
  });

  test('a row that is the same at another time makes no version, unless the time is a value of its own', async () => {
    const path = newPath();
    const dated = {
      ...schema({ name: text, _sdc_at: instant }),
      bookmarkProperties: ['_sdc_at'],
    } as RecordItem;
    const row = (day: number) => ({ id: 1, name: 'a', _sdc_at: at(day) });
    await load(history(path), [dated, records([row(1)])]);
    await load(history(path), [dated, records([row(4), row(2)])]);
    expect(await versions(path)).toEqual(['1 a 01 now current']);
  });

  test('the order of members of an object is no change', async () => {
    const path = newPath();
    const open = {
      ...schema({ name: text, at: instant, info: {} }),
      bookmarkProperties: ['at'],
    } as RecordItem;
    const infos = [
      { a: 1, b: { c: 1, d: 2 } },
      { b: { d: 2, c: 1 }, a: 1 },
    ];
    for (const [day, info] of infos.entries())
      await load(history(path), [open, records([user(1, 'a', day + 1, { info })])]);
    expect(await readRows(path, 'SELECT DISTINCT info FROM t')).toHaveLength(1);
  });

  test('a correction with the same time replaces the version', async () => {
    const path = newPath();
    await load(history(path), [users, records(all)]);
    await load(history(path), [users, records([user(1, 'B', 3)])]);
    expect(await versions(path)).toEqual([
      '1 a 01 03',
      '1 B 03 05',
      '1 c 05 now current',
      '2 x 01 now current',
    ]);
  });

  test('a version that stays as it is is not written again', async () => {
    const path = newPath();
    const config = history(path, { add_metadata_columns: true });
    const clock = (now: number) => ({ clock: { now: () => now, sleep: () => new Promise<void>(() => {}) } });
    await load(config, [users, records(all)], clock(1_000));
    await load(config, [users, records([...all, user(2, 'y', 9)])], clock(2_000));
    expect(await readRows(path, 'SELECT name FROM t WHERE epoch_ms(_sdc_received_at) = 2000')).toEqual([
      { name: 'y' },
    ]);
  });

  test('a property that is missing is that of the version before', async () => {
    const path = newPath();
    const wide = {
      ...schema({ name: text, city: text, at: instant }),
      bookmarkProperties: ['at'],
    } as RecordItem;
    await load(history(path), [
      wide,
      records([user(1, 'a', 1, { city: 'Rome' }), user(1, 'b', 9, { city: 'Oslo' })]),
    ]);
    await load(history(path), [wide, records([user(1, 'c', 4), { id: 1, at: at(11), city: 'Bern' }])]);
    expect(await readRows(path, 'SELECT name, city FROM t ORDER BY _sdc_valid_from')).toEqual([
      { name: 'a', city: 'Rome' },
      { name: 'c', city: 'Rome' },
      { name: 'b', city: 'Oslo' },
      { name: 'b', city: 'Bern' },
    ]);
  });

  test('a new column and a wider one go through the history', async () => {
    const path = newPath();
    await load(history(path), [users, records(all)]);
    const wider = {
      ...schema({ name: text, at: instant, points: { type: ['integer', 'null'] } }),
      bookmarkProperties: ['at'],
    } as RecordItem;
    await load(history(path), [wider, records([user(1, 'c', 7, { points: 3 })])]);
    expect(await versions(path)).toEqual([
      '1 a 01 03',
      '1 b 03 05',
      '1 c 05 07',
      '1 c 07 now current',
      '2 x 01 now current',
    ]);
  });
});

test('any rows in any batches make the history of their times', async () => {
  const row = fc.record({
    id: fc.integer({ min: 1, max: 2 }),
    name: fc.constantFrom('a', 'b', 'c'),
    day: fc.integer({ min: 1, max: 6 }),
  });
  const batches = fc.array(fc.array(row, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(batches, async (given) => {
      const path = newPath();
      for (const batch of given)
        await load(history(path), [users, records(batch.map(({ id, name, day }) => user(id, name, day)))]);
      const last = new Map(given.flat().map((each) => [`${each.id} ${each.day}`, each]));
      const sorted = [...last.values()].sort((a, b) => a.id - b.id || a.day - b.day);
      const expected = sorted.map(({ id, name, day }, index) => {
        const next = sorted[index + 1];
        const end = next?.id === id ? `0${next.day}` : 'now current';
        return `${id} ${name} 0${day} ${end}`;
      });
      expect(await versions(path)).toEqual(expected);
    }),
    { numRuns: 12 },
  );
});

describe('rows that are gone', () => {
  const deletable = {
    ...schema({ name: text, at: instant, _sdc_deleted_at: instant }),
    bookmarkProperties: ['at'],
  } as RecordItem;
  const gone = (id: number, day: number) => ({ id, name: null, at: null, _sdc_deleted_at: at(day) });

  test.each([false, true])(
    'end at the time of their deletion (hard_delete: %s), and come back',
    async (hard) => {
      const path = newPath();
      const config = history(path, { hard_delete: hard });
      const items = [user(1, 'a', 1), gone(1, 3), user(1, 'a', 6), gone(7, 3)];
      for (let round = 0; round < 2; round += 1) await load(config, [deletable, records(items)]);
      expect(await versions(path)).toEqual(['1 a 01 03', '1 a 06 now current']);
      await load(config, [deletable, records([user(1, 'z', 2)])]);
      await load(config, [deletable, records([user(1, 'a', 1)])]);
      expect(await versions(path)).toEqual(['1 a 01 02', '1 z 02 03', '1 a 06 now current']);
    },
  );

  test('a deletion whose own time is later than that of the deletion is not older than it says', async () => {
    const path = newPath();
    await load(history(path), [deletable, records([user(1, 'a', 1), user(1, 'b', 5)])]);
    const skewed = { id: 1, name: null, at: at(6), _sdc_deleted_at: at(3) };
    await load(history(path), [deletable, records([skewed])]);
    expect(await versions(path)).toEqual(['1 a 01 05', '1 b 05 06']);
  });

  test('end when a newer version of the table does not have them; those that it has go on', async () => {
    const path = newPath();
    const activate = (version: number): RecordItem => ({ kind: 'activate-version', stream: 't', version });
    const plain = schema({ name: text });
    const rows = [
      { id: 1, name: 'a' },
      { id: 2, name: 'x' },
    ];
    await load(history(path), [plain, arriving(1, rows, 1), activate(1)]);
    await load(history(path), [plain, arriving(2, rows.slice(0, 1), 2), activate(2)]);
    // The clock of the run says when it was noticed.
    expect(await versions(path)).toEqual(['1 a 01 now current', '2 x 01 01']);
    await load(history(path), [plain, arriving(3, rows.slice(1), 3)]);
    expect(await versions(path)).toEqual(['1 a 01 now current', '2 x 01 01', '2 x 03 now current']);
  });
});

describe('history by arrival', () => {
  const plain = schema({ name: text });

  test('takes the time at which rows were read; the last of those with one time counts', async () => {
    const path = newPath();
    await load(history(path), [plain, arriving(1, [{ id: 1, name: 'a' }])]);
    const twice = arriving(2, [
      { id: 1, name: 'b' },
      { id: 1, name: 'c' },
    ]);
    await load(history(path), [plain, twice]);
    await load(history(path), [plain, arriving(4, [{ id: 1, name: 'c' }])]);
    expect(await versions(path)).toEqual(['1 a 01 02', '1 c 02 now current']);
  });

  test.each([
    ['in one batch', true],
    ['in a batch of its own', false],
  ])(
    'a deletion that is older than the version it came after ends it all the same, %s',
    async (_, together) => {
      const path = newPath();
      const deletable = schema({ name: text, _sdc_deleted_at: instant });
      const rows = [
        { id: 1, name: 'a' },
        { id: 2, name: 'x' },
      ];
      const gone = { id: 1, name: null, _sdc_deleted_at: at(3) };
      if (together) await load(history(path), [deletable, arriving(5, [...rows, gone])]);
      else {
        await load(history(path), [deletable, arriving(5, rows)]);
        await load(history(path), [deletable, arriving(6, [gone])]);
      }
      expect(await versions(path)).toEqual(['1 a 05 05', '2 x 05 now current']);
      await load(history(path), [deletable, arriving(7, [gone])]);
      expect(await versions(path)).toEqual(['1 a 05 05', '2 x 05 now current']);
      await load(history(path), [deletable, arriving(8, [{ id: 1, name: 'b' }])]);
      expect(await versions(path)).toEqual(['1 a 05 05', '1 b 08 now current', '2 x 05 now current']);
    },
  );

  test('a table that kept no history begins one with the rows it has', async () => {
    const path = newPath();
    await load({ path }, [plain, records([{ id: 1, name: 'a' }])]);
    await load(history(path), [plain, arriving(5, [{ id: 1, name: 'b' }])]);
    expect(await versions(path)).toEqual(['1 a 01 05', '1 b 05 now current']);
  });
});

test.each([
  ['by their time', users, [user(1, 'a', 1), user(2, 'x', 2)], ['1 a 01 now current', '2 x 02 03']],
  [
    'of no known beginning',
    schema({ name: text }),
    [
      { id: 1, name: 'a' },
      { id: 2, name: 'x' },
    ],
    ['1 a 01 now current', '2 x 01 03'],
  ],
])('rows that were marked as deleted are versions that have ended, %s', async (_, start, rows, expected) => {
  const path = newPath();
  await load({ path }, [start, records(rows), records([{ id: 2, _sdc_deleted_at: at(3) }])]);
  await load(history(path), [start]);
  expect(await versions(path)).toEqual(expected);
});

test('is chosen for some streams by their names', async () => {
  const path = newPath();
  const config = { path, stream_load_methods: { 't*': 'append-only', t: 'scd2' } };
  await load(config, [users, schema({}, ['id'], 'tx'), records([user(1, 'a', 1)])]);
  await load(config, [
    users,
    schema({}, ['id'], 'tx'),
    records([{ id: 1 }], { stream: 'tx' }),
    records([user(1, 'b', 2)]),
  ]);
  await load(config, [schema({}, ['id'], 'tx'), records([{ id: 1 }], { stream: 'tx' })]);
  expect(await versions(path)).toEqual(['1 a 01 02', '1 b 02 now current']);
  expect(await readTable(path, 'tx')).toHaveLength(2);
});

describe('a history is not destroyed', () => {
  test.each(['upsert', 'append-only', 'overwrite'])('by %s', async (method) => {
    const path = newPath();
    await load(history(path), [users, records([user(1, 'a', 1), user(1, 'b', 2)])]);
    await expect(
      load({ path, load_method: method }, [schema({ name: text }), records([{ id: 1, name: 'c' }])]),
    ).rejects.toMatchObject({ code: 'target.history_table' });
    expect(await versions(path)).toHaveLength(2);
  });

  test('and needs a key', async () => {
    await expect(load(history(newPath()), [schema({}, [])])).rejects.toMatchObject({ code: 'target.no_key' });
  });
});
