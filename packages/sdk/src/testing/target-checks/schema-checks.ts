import assert from 'node:assert/strict';
import { jsonEquals } from '@meltano/foundation/json';
import { parseInstant } from '../../schema/instant.ts';
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

/** A day becomes an instant, and a whole number one of any kind, in a table that has rows. */
export async function assertWiderTypes(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  const typed = (format: string, type: string) =>
    schema('users', { ...users, at: nullable('string', { format }), count: nullable(type) });
  const rows = [
    { id: 1, at: '2024-01-01', count: 5 },
    { id: 2, at: '2024-01-01T12:00:00Z', count: 5.5 },
  ];
  const [first, second] = rows.map((row) => records('users', row));
  assert.ok(first !== undefined && second !== undefined);
  assertSucceeded(await driver.load(given, [typed('date', 'integer'), first]));
  assertSucceeded(await driver.load(given, [typed('date-time', 'number'), second]));
  const found = await read(given, 'users');
  assertRows(
    found,
    rows.map(({ id, count }) => ({ id, count })),
  );
  for (const { id, at } of rows) {
    const row = found.find((each) => jsonEquals(each['id'] ?? null, id));
    assert.equal(parseInstant(String(row?.['at'])), parseInstant(at), `${at} became ${String(row?.['at'])}`);
  }
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

const names = [
  'select',
  'a b',
  ' ',
  '',
  'quote"d',
  "it's",
  'größe',
  '😀',
  'Id',
  'ID',
  'İ',
  'i̇',
  'STRASSE',
  'straße',
  'a.b',
  'a-b',
  '%s',
  '$1',
  '`',
  '[x]',
  'tab\tand\nline',
  'constructor',
  '__proto__',
  'rowid',
  'xmin',
  '_meltano_sequence',
  '_sdc_valid_from',
  'x'.repeat(80),
  `${'ä'.repeat(80)}1`,
  `${'ä'.repeat(80)}2`,
];

export async function assertOddNames(
  driver: TargetDriver,
  { config, read }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  const properties = {
    id: { type: ['integer'] },
    ...Object.fromEntries(names.map((name) => [name, nullable('string')])),
  };
  const row = { id: 1, ...Object.fromEntries(names.map((name) => [name, `value of ${name}`])) };
  const items = [schema('order', properties), records('order', row)];
  // The second time they are there already.
  for (let round = 0; round < 2; round += 1) assertSucceeded(await driver.load(given, items));
  const [found] = await read(given, 'order');
  const kept = new Set(Object.values(found ?? {}));
  for (const value of names.map((name) => `value of ${name}`))
    assert.ok(kept.has(value), `${JSON.stringify(value)} is not in the row`);
}
