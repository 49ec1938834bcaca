import assert from 'node:assert/strict';
import type { RecordItem } from '../../connector.ts';
import { contextOf } from '../drive-tap.ts';
import type { TargetDriver } from '../drive-target.ts';
import { assertRows } from '../rows.ts';
import { nullable, records, schema, state, users } from '../target-items.ts';
import type { TargetSuiteOptions } from '../target-suite-options.ts';
import { assertSucceeded } from './succeeded.ts';

const old = { id: 1, name: 'old' };
const before = [schema('users', { ...users, gone: nullable('string') }), records('users', old)];

export async function assertReplaces(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = { ...(await config()), load_method: 'overwrite' };
  assertSucceeded(await driver.load(given, before));
  const grown = { ...users, name: { type: ['integer', 'string', 'null'] }, fresh: nullable('integer') };
  const items: RecordItem[] = [
    schema('users', users),
    records('users', { id: 2, name: 'a' }),
    state({ at: 1 }),
  ];
  items.push(schema('users', grown), records('users', { id: 3, name: 'b', fresh: 7 }), state({ at: 2 }));
  const run = await driver.load(given, items);
  assertSucceeded(run);
  assert.deepEqual(run.states, [{ at: 2 }], 'a state is acknowledged before the whole has come');
  const rows = await read(given, 'users');
  assertRows(rows, [
    { id: 2, name: 'a', fresh: null },
    { id: 3, name: 'b', fresh: 7 },
  ]);
  assert.ok(!rows.some((row) => Object.hasOwn(row, 'gone')), 'columns of the old rows are still there');
  assertSucceeded(await driver.load(given, [schema('users', users)]));
  assertRows(await read(given, 'users'), []);
}

export async function assertReplacesWhole({ target, config, read }: TargetSuiteOptions): Promise<void> {
  const given = { ...(await config()), load_method: 'overwrite' };
  const load = async (items: AsyncIterable<RecordItem> | Iterable<RecordItem>) => {
    const open = await target.open(contextOf(given));
    try {
      const acknowledge = async () => assertRows(await read(given, 'users'), [old]);
      await open.load(each(items), { acknowledge });
    } finally {
      await open.close();
    }
  };
  await load(before);
  const breaks = async function* (): AsyncGenerator<RecordItem> {
    yield schema('users', users);
    yield records('users', { id: 2, name: 'new' });
    assertRows(await read(given, 'users'), [old]);
    throw new Error('the source is gone');
  };
  for (let round = 0; round < 2; round += 1) {
    await assert.rejects(load(breaks()), /the source is gone/);
    assertRows(await read(given, 'users'), [old]);
  }
}

async function* each(items: AsyncIterable<RecordItem> | Iterable<RecordItem>): AsyncGenerator<RecordItem> {
  yield* items;
}
