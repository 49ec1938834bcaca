import assert from 'node:assert/strict';
import {
  ExactNumber,
  type JsonObject,
  type JsonValue,
  jsonEquals,
  stringifyJson,
} from '@meltano/foundation/json';
import type { RecordItem } from '../connector.ts';
import { parseDecimal } from '../schema/decimal.ts';
import { assertAbout } from './about-check.ts';
import type { Check } from './check.ts';
import { contextOf } from './drive-tap.ts';
import { type LoadRun, type TargetDriver, targetDrivers } from './drive-target.ts';
import { assertRows } from './rows.ts';
import { assertCrashes } from './target-crashes.ts';
import { nullable, records, schema, state, users } from './target-items.ts';
import type { TargetSuiteOptions } from './target-suite-options.ts';

/**
 * What every target must do, in process and as a Singer program. Numbers in titles are rules of the clarified
 * Singer specification.
 */
export function targetSuite(options: TargetSuiteOptions): readonly Check[] {
  const { target } = options;
  const kept = Object.entries(checks).filter(
    ([, { needs }]) => needs === undefined || options[needs] === true,
  );
  const once: readonly Check[] = [
    { id: 'about', title: 'describes itself', run: async () => assertAbout(target) },
    {
      id: 'broken-input',
      title: 'passes a failing input on, after what was durable is acknowledged (73)',
      run: () => assertBrokenInput(options),
    },
    {
      id: 'crash-at-every-step',
      title:
        'loses and doubles nothing, wherever the input or an acknowledgement fails, when it is run again (74)',
      run: () => assertCrashes(options),
    },
  ];
  const each = targetDrivers(target).flatMap((driver) =>
    kept.map(([id, { title, assertIt }]) => ({
      id,
      title: `${title}, ${driver.name}`,
      run: () => assertIt(driver, options),
    })),
  );
  return [...once, ...each];
}

interface TargetCheck {
  readonly title: string;
  /** What a target must have beyond the rest. */
  readonly needs?: 'keepsHistory' | 'keepsContract';
  readonly assertIt: (driver: TargetDriver, options: TargetSuiteOptions) => Promise<void>;
}

const checks: Readonly<Record<string, TargetCheck>> = {
  loads: { title: 'loads records and acknowledges the last state (71, 72)', assertIt: assertLoads },
  durable: {
    title: 'acknowledges a state only when everything before it can be read (71)',
    assertIt: assertDurable,
  },
  idempotent: {
    title: 'loads the same records twice without doubling them (74)',
    assertIt: assertIdempotent,
  },
  'last-wins': {
    title: 'keeps the last of records with one key, in one batch too (46)',
    assertIt: assertLastWins,
  },
  appends: { title: 'appends when there is no key (17)', assertIt: assertAppends },
  'missing-property': {
    title: 'leaves the old value of a property that is missing (29)',
    assertIt: assertMissing,
  },
  empty: { title: 'does nothing for an empty input (75)', assertIt: assertEmpty },
  fidelity: { title: 'keeps values as they are (10, 24, 35)', assertIt: assertFidelity },
  'schema-change': {
    title: 'writes earlier records under the earlier schema (26)',
    assertIt: assertSchemaChange,
  },
  'same-schema': { title: 'takes a repeated schema as nothing new (25)', assertIt: assertSameSchema },
  'record-first': { title: 'refuses a record before its schema (45)', assertIt: assertRecordFirst },
  'bad-value': { title: 'never loses a record that does not fit its schema (30)', assertIt: assertBadValue },
  'null-key': { title: 'never loses a record without key (16)', assertIt: assertNullKey },
  'odd-names': { title: 'keeps streams and properties with odd names apart (77)', assertIt: assertOddNames },
  history: {
    title: 'keeps a version of a row for each of its changes, and none for a row that comes again',
    needs: 'keepsHistory',
    assertIt: assertHistory,
  },
  frozen: {
    title: 'fails before it changes what its contract freezes',
    needs: 'keepsContract',
    assertIt: assertFrozen,
  },
  contract: {
    title: 'counts what its contract keeps out, and keeps what is put into quarantine',
    needs: 'keepsContract',
    assertIt: assertContract,
  },
  interleaved: { title: 'takes records of streams in any order (46)', assertIt: assertInterleaved },
};

function assertSucceeded(run: LoadRun): void {
  assert.equal(run.failure, undefined, `the load failed: ${run.failure}`);
}

async function assertLoads(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
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

async function assertDurable(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
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

async function assertIdempotent(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
  const given = await config();
  const rows = Array.from({ length: 50 }, (_, id) => ({ id, name: `n${id}` }));
  const items = [schema('users', users), records('users', ...rows), state({})];
  assertSucceeded(await driver.load(given, items));
  assertSucceeded(await driver.load(given, items));
  assertRows(await read(given, 'users'), rows);
}

async function assertLastWins(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
  const given = await config();
  const first = { id: 1, name: 'old' };
  const last = { id: 1, name: 'new' };
  assertSucceeded(
    await driver.load(given, [schema('users', users), records('users', first, { id: 2, name: 'b' }, last)]),
  );
  assertRows(await read(given, 'users'), [last, { id: 2, name: 'b' }]);
}

async function assertAppends(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
  const given = await config();
  const row = { id: 1, name: 'a' };
  const items = [schema('log', users, []), records('log', row, row)];
  assertSucceeded(await driver.load(given, items));
  assertSucceeded(await driver.load(given, items));
  assertRows(await read(given, 'log'), [row, row, row, row]);
}

async function assertMissing(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
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

async function assertEmpty(driver: TargetDriver, { config }: TargetSuiteOptions): Promise<void> {
  const run = await driver.load(await config(), []);
  assertSucceeded(run);
  assert.deepEqual(run.states, [], 'a state is acknowledged that nobody sent');
}

const exact = (text: string) => new ExactNumber(text);

/** One value per row, so that a failure names it. */
const values: readonly (readonly [name: string, schema: JsonObject, sent: JsonValue, kept?: JsonValue])[] = [
  ['line feed', nullable('string'), 'a\nb\r\nc'],
  ['quotes', nullable('string'), `'"\\;,\t`],
  ['beyond the basic plane', nullable('string'), 'é😀漢'],
  ['the empty text', nullable('string'), ''],
  ['the text null', nullable('string'), 'null'],
  ['2^53 + 1', nullable('integer'), exact('9007199254740993')],
  ['2^63', nullable('integer'), exact('9223372036854775808')],
  ['-2^63', nullable('integer'), exact('-9223372036854775808')],
  ['a long decimal', nullable('number'), exact('1.2345678901234567891')],
  ['a double', nullable('number'), 1.1],
  ['money', nullable('number', { multipleOf: 0.01 }), exact('12345678901234567.89')],
  ['a decimal as text', nullable('string', { format: 'singer.decimal' }), '0.10'],
  [
    'an offset',
    nullable('string', { format: 'date-time' }),
    '2024-01-01T02:00:00+02:00',
    '2024-01-01T00:00:00Z',
  ],
  ['microseconds', nullable('string', { format: 'date-time' }), '2024-01-01T00:00:00.123456Z'],
  ['a day', nullable('string', { format: 'date' }), '1600-02-29'],
  ['false', nullable('boolean'), false],
  ['an object', nullable('object'), { a: [1, { b: null }], c: 'd' }],
  ['a list', nullable('array'), [1, 'x', null]],
  ['a mixture', { type: ['integer', 'string', 'null'] }, 'x'],
];

/** A number that a destination keeps as text, and the other way round, has kept its value. */
function isNumeric(value: JsonValue): value is number | string | ExactNumber {
  const written = value instanceof ExactNumber || typeof value === 'number' || typeof value === 'string';
  return written && parseDecimal(String(value)) !== undefined;
}

async function assertFidelity(
  driver: TargetDriver,
  { config, read, keepsText = false }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  const items = values.flatMap(([, property, sent], at) => [
    schema(`value_${at}`, { id: { type: ['integer'] }, v: property }),
    records(`value_${at}`, { id: 1, v: sent }),
  ]);
  assertSucceeded(await driver.load(given, items));
  for (const [at, [name, , sent, changed = sent]] of values.entries()) {
    const kept = keepsText ? sent : changed;
    const [row] = await read(given, `value_${at}`);
    const found = row?.['v'] ?? null;
    const same =
      jsonEquals(found, kept) ||
      (isNumeric(found) && isNumeric(kept) && jsonEquals(exact(String(found)), exact(String(kept))));
    assert.ok(same, `${name}: sent ${stringifyJson(sent)}, found ${stringifyJson(found)}`);
  }
}

async function assertSchemaChange(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
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

async function assertSameSchema(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
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

async function assertRecordFirst(driver: TargetDriver, { config }: TargetSuiteOptions): Promise<void> {
  const run = await driver.load(await config(), [records('users', { id: 1 }), state({ at: 1 })]);
  assert.notEqual(run.failure, undefined, 'a record before its schema is accepted');
  assert.deepEqual(run.states, [], 'a state is acknowledged although the load failed');
}

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

async function assertBadValue(driver: TargetDriver, options: TargetSuiteOptions): Promise<void> {
  await assertNotLost(driver, options, { id: 2, age: 'old' });
}

async function assertNullKey(driver: TargetDriver, options: TargetSuiteOptions): Promise<void> {
  await assertNotLost(driver, options, { id: null, name: 'nobody' });
}

async function assertOddNames(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
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

async function assertInterleaved(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
  const given = await config();
  const items = [schema('one', users), schema('two', users)];
  for (let id = 1; id <= 10; id += 1)
    items.push(records('one', { id, name: 'o' }), records('two', { id, name: 't' }));
  assertSucceeded(await driver.load(given, [...items, state({})]));
  assert.equal((await read(given, 'one')).length, 10, 'records of a stream are lost among those of another');
  assert.equal((await read(given, 'two')).length, 10, 'records of a stream are lost among those of another');
}

async function assertHistory(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
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

async function assertFrozen(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
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

async function assertContract(driver: TargetDriver, { config, read }: TargetSuiteOptions): Promise<void> {
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

async function assertBrokenInput({ target, config, read }: TargetSuiteOptions): Promise<void> {
  const given = await config();
  const broken = async function* (): AsyncGenerator<RecordItem> {
    yield schema('users', users);
    yield records('users', { id: 1, name: 'a' });
    yield state({ at: 1 });
    yield records('users', { id: 2, name: 'b' });
    throw new Error('the source is gone');
  };
  const open = await target.open(contextOf(given));
  const states: JsonValue[] = [];
  try {
    await assert.rejects(
      open.load(broken(), { acknowledge: async (value) => void states.push(value) }),
      /the source is gone/,
      'the failure of the input is not passed on',
    );
  } finally {
    await open.close();
  }
  const found = await read(given, 'users');
  if (states.length > 0)
    assert.ok(
      found.some((row) => jsonEquals(row['id'] ?? null, 1)),
      'a state is acknowledged before its records',
    );
}
