import assert from 'node:assert/strict';
import type { RecordItem } from '../../connector.ts';
import type { TargetDriver } from '../drive-target.ts';
import { assertRows } from '../rows.ts';
import { nullable, records, schema, state, users } from '../target-items.ts';
import type { TargetSuiteOptions } from '../target-suite-options.ts';
import { assertSucceeded } from './succeeded.ts';

export async function assertHistory(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = { ...(await config()), load_method: 'scd2' };
  const properties = { ...users, at: nullable('string', { format: 'date-time' }) };
  const since: RecordItem = { ...schema('users', properties), bookmarkProperties: ['at'] } as RecordItem;
  const row = (id: number, name: string, day: number) => ({ id, name, at: `2024-01-0${day}T00:00:00Z` });
  const first = records('users', row(1, 'a', 1), row(2, 'b', 1));
  const second = records('users', row(1, 'c', 3), row(2, 'b', 1), row(1, 'x', 2));
  assertSucceeded(await driver.load(given, [since, first]));
  for (let round = 0; round < 2; round += 1) assertSucceeded(await driver.load(given, [since, second]));
  const version = (id: number, name: string, from: number, to: number | undefined) => ({
    id,
    name,
    _sdc_valid_from: `2024-01-0${from}T00:00:00Z`,
    _sdc_valid_to: to === undefined ? null : `2024-01-0${to}T00:00:00Z`,
    _sdc_is_current: to === undefined,
  });
  assertRows(await read(given, 'users'), [
    version(1, 'a', 1, 2),
    version(1, 'x', 2, 3),
    version(1, 'c', 3, undefined),
    version(2, 'b', 1, undefined),
  ]);
}

const grown = { ...users, extra: nullable('string') };

export async function assertFrozen(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  assertSucceeded(await driver.load(given, [schema('users', users), records('users', { id: 1, name: 'a' })]));
  const frozen = { ...given, schema_contract: { columns: 'freeze' } };
  const more = records('users', { id: 2, name: 'b', extra: 'x' });
  const run = await driver.load(frozen, [schema('users', grown), more, state({ at: 1 })]);
  assert.match(run.failure ?? 'the load succeeded', /extra/, 'the difference is not named');
  assert.deepEqual(run.states, [], 'a state is acknowledged although the load failed');
  const [row, ...others] = await read(given, 'users');
  assert.deepEqual(others, [], 'records are loaded although the contract is broken');
  assert.ok(row !== undefined && !Object.hasOwn(row, 'extra'), 'what is frozen has changed');
}

export async function assertContract(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  for (const mode of ['discard_row', 'quarantine']) {
    const given = { ...(await config()), schema_contract: { columns: mode } };
    const rows = [
      { id: 2, name: 'b' },
      { id: 3, name: 'c', extra: 'x' },
    ];
    assertSucceeded(
      await driver.load(given, [schema('users', users), records('users', { id: 1, name: 'a' })]),
    );
    const run = await driver.load(given, [
      schema('users', grown),
      records('users', ...rows),
      state({ at: 1 }),
    ]);
    assertSucceeded(run);
    assertRows(await read(given, 'users'), [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ]);
    const aside = mode === 'quarantine' ? [{ _sdc_stream: 'users', _sdc_record: rows[1] ?? {} }] : [];
    assertRows(await read(given, '_sdc_quarantine'), aside);
    const count = run.report?.streams.get('users')?.refused ?? 1;
    assert.equal(count, 1, `one record is kept out, and ${count} are counted`);
  }
}
