import assert from 'node:assert/strict';
import type { TargetDriver } from '../drive-target.ts';
import { assertRows } from '../rows.ts';
import { nullable, records, schema, state, users } from '../target-items.ts';
import type { TargetSuiteOptions } from '../target-suite-options.ts';
import { assertSucceeded } from './succeeded.ts';

export async function assertLoads(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
  const given = await config();
  const rows = [
    { id: 1, name: 'a' },
    { id: 2, name: null },
  ];
  const run = await driver.load(given, [
    schema('users', users),
    records('users', ...rows),
    state({ at: 1 }),
    state({ at: 2 }),
  ]);
  assertSucceeded(run);
  assert.deepEqual(run.states.at(-1), { at: 2 }, 'the last state is not acknowledged');
  assertRows(await read(given, 'users'), rows);
  if (run.report !== undefined) assert.deepEqual(run.report.streams.get('users'), { loaded: 2, refused: 0 });
}

export async function assertDurable(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  const items = [schema('users', users)];
  for (let id = 1; id <= 20; id += 1) items.push(records('users', { id, name: 'x' }), state({ at: id }));
  let reached = 0;
  const run = await driver.load(given, items, async (value) => {
    const { at } = value as { at: number };
    assert.ok(at > reached, `the state ${at} is acknowledged after ${reached}`);
    reached = at;
    const found = await read(given, 'users');
    assert.ok(
      found.length >= at,
      `the state after ${at} records is acknowledged when ${found.length} can be read`,
    );
  });
  assertSucceeded(run);
  assert.equal(reached, 20);
}

export async function assertIdempotent(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  const rows = Array.from({ length: 50 }, (_, id) => ({ id, name: `n${id}` }));
  const items = [schema('users', users), records('users', ...rows), state({})];
  assertSucceeded(await driver.load(given, items));
  assertSucceeded(await driver.load(given, items));
  assertRows(await read(given, 'users'), rows);
}

export async function assertLastWins(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  const first = { id: 1, name: 'old' };
  const last = { id: 1, name: 'new' };
  assertSucceeded(
    await driver.load(given, [schema('users', users), records('users', first, { id: 2, name: 'b' }, last)]),
  );
  assertRows(await read(given, 'users'), [last, { id: 2, name: 'b' }]);
}

export async function assertAppends(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  const row = { id: 1, name: 'a' };
  const items = [schema('log', users, []), records('log', row, row)];
  assertSucceeded(await driver.load(given, items));
  assertSucceeded(await driver.load(given, items));
  assertRows(await read(given, 'log'), [row, row, row, row]);
}

export async function assertMissing(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  const properties = { ...users, age: nullable('integer') };
  const before = [
    schema('users', properties),
    records('users', { id: 1, name: 'a', age: 5 }, { id: 2, name: 'b', age: 6 }),
  ];
  assertSucceeded(await driver.load(given, before));
  const after = [
    schema('users', properties),
    records('users', { id: 1, age: 7 }, { id: 1, name: null }, { id: 2, name: 'c' }),
  ];
  assertSucceeded(await driver.load(given, after));
  assertRows(await read(given, 'users'), [
    { id: 1, name: null, age: 7 },
    { id: 2, name: 'c', age: 6 },
  ]);
}

export async function assertEmpty(driver: TargetDriver, { config }: TargetSuiteOptions): Promise<void> {
  const run = await driver.load(await config(), []);
  assertSucceeded(run);
  assert.deepEqual(run.states, [], 'a state is acknowledged that nobody sent');
}

export async function assertInterleaved(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  const items = [schema('one', users), schema('two', users)];
  for (let id = 1; id <= 10; id += 1)
    items.push(records('one', { id, name: 'o' }), records('two', { id, name: 't' }));
  assertSucceeded(await driver.load(given, [...items, state({})]));
  assert.equal((await read(given, 'one')).length, 10, 'records of a stream are lost among those of another');
  assert.equal((await read(given, 'two')).length, 10, 'records of a stream are lost among those of another');
}
