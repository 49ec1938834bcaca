import type { JsonObject } from '@meltano/foundation/json';
import type { RecordItem } from '../../connector.ts';
import type { TargetDriver } from '../drive-target.ts';
import { assertRows } from '../rows.ts';
import { nullable, records, schema, users } from '../target-items.ts';
import type { TargetSuiteOptions } from '../target-suite-options.ts';
import { assertSucceeded } from './succeeded.ts';

const gone = '2024-01-02T00:00:00Z';
const deletedAt = nullable('string', { format: 'date-time' });

/** A row is deleted, and comes again: in one batch, or in a later run. */
export async function assertDeletions(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const first = [records('users', { id: 1, name: 'a' }, { id: 2, name: 'b' }, { id: 3, name: 'c' })];
  const deletions = records('users', { id: 1, _sdc_deleted_at: gone }, { id: 2, _sdc_deleted_at: gone });
  const again = records('users', { id: 1, name: 'd' });
  for (const properties of [users, { ...users, _sdc_deleted_at: deletedAt }]) {
    const start = schema('users', properties);
    for (const runs of [
      [[start, ...first, deletions, again]],
      [
        [start, ...first, deletions],
        [start, again],
      ],
    ]) {
      for (const hard of [false, true]) {
        const given = { ...(await config()), hard_delete: hard };
        for (const items of runs) assertSucceeded(await driver.load(given, items));
        const marked = hard ? [] : [{ id: 2, name: 'b', _sdc_deleted_at: gone }];
        const there = { id: 1, name: 'd', _sdc_deleted_at: null };
        assertRows(await read(given, 'users'), [there, ...marked, { id: 3, name: 'c' }]);
      }
    }
  }
}

const activate = (version: number): RecordItem => ({ kind: 'activate-version', stream: 'users', version });
const versioned = (version: number, ...rows: readonly JsonObject[]): RecordItem =>
  ({ ...records('users', ...rows), version }) as RecordItem;

export async function assertVersions(
  driver: TargetDriver,
  { config, read, keepsHistory = false }: TargetSuiteOptions,
): Promise<void> {
  const start = schema('users', users);
  const kept = { id: 1, name: 'a' };
  const unversioned = [start, records('users', kept, { id: 9, name: 'z' })];
  const first = [start, versioned(1, kept, { id: 2, name: 'b' }), activate(1)];
  const second = [start, activate(2), versioned(2, kept)];
  const ways = [{}, { hard_delete: true }, ...(keepsHistory ? [{ load_method: 'scd2' }] : [])];
  for (const way of ways) {
    const given: JsonObject = { ...(await config()), ...way };
    for (const items of [unversioned, first, second]) assertSucceeded(await driver.load(given, items));
    const rows = await read(given, 'users');
    const there = rows.filter((row) => (row['_sdc_deleted_at'] ?? row['_sdc_valid_to'] ?? null) === null);
    assertRows(there, [kept]);
    assertRows(
      rows.filter((row) => !there.includes(row)),
      way.hard_delete === true ? [] : [{ id: 2 }, { id: 9 }],
    );
  }
}
