import assert from 'node:assert/strict';
import type { JsonObject } from '@meltano/foundation/json';
import type { TargetDriver } from '../drive-target.ts';
import { nullable, records, schema, state, users } from '../target-items.ts';
import type { TargetSuiteOptions } from '../target-suite-options.ts';

/** The record is read back, counted as refused, or the load fails without acknowledging the state. */
async function assertNotLost(
  driver: TargetDriver,
  options: TargetSuiteOptions,
  bad: JsonObject,
): Promise<void> {
  const given = await options.config();
  const items = [
    schema('users', { ...users, age: nullable('integer') }),
    records('users', { id: 1 }, bad),
    state({ at: 1 }),
  ];
  const run = await driver.load(given, items);
  if (run.failure !== undefined) {
    assert.deepEqual(run.states, [], 'the load failed, but the state is acknowledged');
    return;
  }
  const found = (await options.read(given, 'users')).length;
  const refused = run.report?.streams.get('users')?.refused ?? 0;
  assert.equal(
    found + refused,
    2,
    `of two records ${found} are loaded and ${refused} refused, and the load succeeded`,
  );
}

export async function assertBadValue(driver: TargetDriver, options: TargetSuiteOptions): Promise<void> {
  await assertNotLost(driver, options, { id: 2, age: 'old' });
}

export async function assertNullKey(driver: TargetDriver, options: TargetSuiteOptions): Promise<void> {
  await assertNotLost(driver, options, { id: null, name: 'nobody' });
}
