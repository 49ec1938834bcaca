import assert from 'node:assert/strict';
import type { TargetDriver } from '../drive-target.ts';
import { assertRows } from '../rows.ts';
import { nullable, records, schema, state, users } from '../target-items.ts';
import type { TargetSuiteOptions } from '../target-suite-options.ts';
import { assertSucceeded } from './succeeded.ts';

export async function assertSchemaChange(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  const run = await driver.load(given, [
    schema('users', users),
    records('users', { id: 1, name: 'a' }),
    schema('users', { ...users, name: { type: ['integer', 'string', 'null'] }, extra: nullable('boolean') }),
    records('users', { id: 2, name: 'b', extra: true }),
  ]);
  assertSucceeded(run);
  assertRows(await read(given, 'users'), [
    { id: 1, name: 'a', extra: null },
    { id: 2, name: 'b', extra: true },
  ]);
}

export async function assertSameSchema(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  const run = await driver.load(given, [
    schema('log', users, []),
    records('log', { id: 1, name: 'a' }),
    schema('log', users, []),
    records('log', { id: 2, name: 'b' }),
  ]);
  assertSucceeded(run);
  assertRows(await read(given, 'log'), [
    { id: 1, name: 'a' },
    { id: 2, name: 'b' },
  ]);
}

export async function assertRecordFirst(driver: TargetDriver, { config }: TargetSuiteOptions): Promise<void> {
  const run = await driver.load(await config(), [records('users', { id: 1 }), state({ at: 1 })]);
  assert.notEqual(run.failure, undefined, 'a record before its schema is accepted');
  assert.deepEqual(run.states, [], 'a state is acknowledged although the load failed');
}

export async function assertOddNames(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  const names = ['select', 'a b', 'quote"d', "it's", 'größe', 'Id', 'ID', 'constructor', 'x'.repeat(80)];
  const properties = {
    id: { type: ['integer'] },
    ...Object.fromEntries(names.map((name) => [name, nullable('string')])),
  };
  const row = { id: 1, ...Object.fromEntries(names.map((name) => [name, `value of ${name}`])) };
  assertSucceeded(await driver.load(given, [schema('order', properties), records('order', row)]));
  const [found] = await read(given, 'order');
  const kept = new Set(Object.values(found ?? {}));
  for (const value of names.map((name) => `value of ${name}`))
    assert.ok(kept.has(value), `${JSON.stringify(value)} is not in the row`);
}
