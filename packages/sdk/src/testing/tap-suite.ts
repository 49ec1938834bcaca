import assert from 'node:assert/strict';
import { isAppError } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject, type JsonValue, stringifyJson } from '@meltano/foundation/json';
import type { Catalog, CatalogStream } from '@meltano/singer/catalog';
import type { Tap } from '../connector.ts';
import { compileSchema, schemaProblems } from '../schema/validate.ts';
import { compareOrdinals, replicationOrder } from '../tap/replication-value.ts';
import { assertAbout } from './about-check.ts';
import { assertNeverBack, bookmarkIn, bookmarkOfRecord } from './bookmarks.ts';
import type { Check } from './check.ts';
import { contextOf, type TapDriver, type TapWorld, tapDrivers, worldOf } from './drive-tap.ts';
import { identify, lastState, outputByStream, propertiesOf } from './tap-output.ts';

export interface TapSuiteOptions {
  readonly tap: Tap;
  /** A configuration for a source that does not change while the suite runs; every stream should have records. */
  readonly config: JsonObject;
  /** A configuration that the tap must refuse. */
  readonly invalidConfig?: JsonObject;
  /** Streams that may be empty. */
  readonly emptyStreams?: readonly string[];
  /** For a tap of an HTTP API: a cassette, and a clock that stands still. */
  readonly world?: TapWorld;
}

/**
 * What every tap must do, in process and as a Singer program. Numbers in titles are rules of the clarified
 * Singer specification.
 */
export function tapSuite(options: TapSuiteOptions): readonly Check[] {
  const { tap, config, invalidConfig } = options;
  const once: Check[] = [
    { id: 'about', title: 'describes itself', run: async () => assertAbout(tap) },
    { id: 'small-batches', title: 'keeps batches small', run: () => assertSmallBatches(options) },
  ];
  if (invalidConfig !== undefined) {
    once.push({
      id: 'invalid-config',
      title: 'refuses an invalid configuration with a reason',
      run: () => assertRefusesConfig(tap, invalidConfig),
    });
  }
  const each = tapDrivers(tap, config, options.world).flatMap((driver) =>
    Object.entries(checks).map(([id, { title, assertIt }]) => ({
      id,
      title: `${title}, ${driver.name}`,
      run: () => assertIt(driver, options),
    })),
  );
  return [...once, ...each];
}

interface TapCheck {
  readonly title: string;
  readonly assertIt: (driver: TapDriver, options: TapSuiteOptions) => Promise<void>;
}

const checks: Readonly<Record<string, TapCheck>> = {
  'stable-catalog': { title: 'discovers the same catalog twice', assertIt: assertCatalog },
  'valid-records': {
    title: 'sends records that fit the schema before them',
    assertIt: assertRecords,
  },
  'unique-keys': { title: 'sends keys that are present and unique', assertIt: assertKeys },
  selection: { title: 'sends only what is selected', assertIt: assertSelection },
  'last-state': { title: 'ends with a state that is an object', assertIt: assertLastState },
  resume: { title: 'goes on from its last state', assertIt: assertResume },
  twice: { title: 'sends the same records when it is run again', assertIt: assertTwice },
  monotone: { title: 'never moves a bookmark backwards', assertIt: assertMonotone },
  killed: { title: 'loses nothing when it goes on from any of its states', assertIt: assertKilled },
  stop: { title: 'stops with a state when asked, and loses nothing', assertIt: assertStop },
};

async function assertCatalog(driver: TapDriver): Promise<void> {
  const catalog = await driver.discover();
  assert.equal(textOf(await driver.discover()), textOf(catalog), 'two discoveries differ');
  const ids = catalog.streams.map((stream) => stream.tap_stream_id);
  assert.equal(new Set(ids).size, ids.length, 'a tap_stream_id is used twice');
  assert.notEqual(ids.length, 0, 'there are no streams');
  for (const stream of catalog.streams) assertEntry(stream);
}

function assertEntry(stream: CatalogStream): void {
  const names = Object.keys(propertiesOf(stream.schema));
  assert.ok(Array.isArray(stream.metadata), `${stream.tap_stream_id} has no metadata`);
  const root = stream.metadata.find((entry) => entry.breadcrumb.length === 0);
  assert.ok(root, `${stream.tap_stream_id} has no metadata of its own`);
  for (const key of stream.key_properties ?? []) {
    assert.ok(names.includes(key), `the key "${key}" of ${stream.tap_stream_id} is not in its schema`);
  }
  compileSchema(stream.schema);
}

async function assertRecords(driver: TapDriver, { emptyStreams = [] }: TapSuiteOptions): Promise<void> {
  const streams = outputByStream(await driver.read());
  for (const [name, { schema, records }] of streams) {
    const properties = new Set(Object.keys(propertiesOf(schema.schema)));
    const validate = compileSchema(schema.schema);
    if (!emptyStreams.includes(name)) assert.notEqual(records.length, 0, `stream ${name} has no records`);
    for (const record of records) {
      const unknown = Object.keys(record).find((property) => !properties.has(property));
      assert.equal(unknown, undefined, `stream ${name} sends "${unknown}", which its schema does not have`);
      const [problem] = schemaProblems(validate, plainNumbers(record));
      assert.equal(problem, undefined, `stream ${name}: record${problem?.path} ${problem?.problem}`);
    }
  }
}

/** Exact numbers as doubles: a schema judges their type, not their digits. */
function plainNumbers(record: JsonObject): JsonValue {
  return JSON.parse(stringifyJson(record)) as JsonValue;
}

async function assertKeys(driver: TapDriver): Promise<void> {
  for (const [name, { schema, records }] of outputByStream(await driver.read())) {
    const keys = schema.keyProperties;
    if (keys.length === 0) continue;
    const seen = new Set<string>();
    for (const record of records) {
      for (const key of keys)
        assert.ok((record[key] ?? null) !== null, `stream ${name}: a record has no key "${key}"`);
      const id = identify(record, keys);
      assert.ok(!seen.has(id), `stream ${name} sends two records with one key`);
      seen.add(id);
    }
  }
}

async function assertSelection(driver: TapDriver): Promise<void> {
  const catalog = await driver.discover();
  const [first, ...others] = catalog.streams;
  assert.ok(first, 'there are no streams');
  const fixed = new Set([...(first.key_properties ?? []), first.replication_key]);
  const dropped = Object.keys(propertiesOf(first.schema)).find((name) => !fixed.has(name));
  const chosen: Catalog = {
    streams: [select(first, true, dropped), ...others.map((stream) => select(stream, false))],
  };
  const streams = outputByStream(await driver.read({ catalog: chosen }));
  assert.deepEqual([...streams.keys()], [first.stream], 'streams that are not selected are sent');
  if (dropped === undefined) return;
  for (const { schema, records } of streams.values()) {
    assert.ok(!(dropped in propertiesOf(schema.schema)), `"${dropped}" is not selected, but in the schema`);
    assert.ok(
      records.every((record) => !(dropped in record)),
      `"${dropped}" is not selected, but sent`,
    );
  }
}

function select(stream: CatalogStream, selected: boolean, dropped?: string): CatalogStream {
  const metadata = (stream.metadata ?? []).map((entry) => {
    if (entry.breadcrumb.length === 0) return { ...entry, metadata: { ...entry.metadata, selected } };
    const isDropped = entry.breadcrumb.length === 2 && entry.breadcrumb[1] === dropped;
    return isDropped ? { ...entry, metadata: { ...entry.metadata, selected: false } } : entry;
  });
  return { ...stream, metadata };
}

async function assertLastState(driver: TapDriver): Promise<void> {
  const items = await driver.read();
  assert.equal(items.at(-1)?.kind, 'state', 'the last message is not a STATE');
  assert.ok(isJsonObject(lastState(items)), 'the state is not an object');
}

async function assertResume(driver: TapDriver): Promise<void> {
  const first = await driver.read();
  const state = lastState(first) ?? {};
  const catalog = await driver.discover();
  const again = outputByStream(await driver.read({ state }));
  for (const [name, { schema, records }] of outputByStream(first)) {
    const second = again.get(name)?.records ?? [];
    const entry = catalog.streams.find((stream) => stream.stream === name);
    // Below a parent of which only the new is read, less is right.
    if (isBelowIncremental(entry, catalog)) continue;
    if (entry?.replication_method !== 'INCREMENTAL') {
      assert.equal(
        second.length,
        records.length,
        `stream ${name} is FULL_TABLE, but the second run reads less`,
      );
      continue;
    }
    assertOnlyNewer(name, schema.schema, second, bookmarkOf(state, entry.tap_stream_id));
  }
}

function isBelowIncremental(entry: CatalogStream | undefined, catalog: Catalog): boolean {
  const root = entry?.metadata?.find(({ breadcrumb }) => breadcrumb.length === 0)?.metadata;
  const parent = catalog.streams.find((stream) => stream.tap_stream_id === root?.['parent-tap-stream-id']);
  return (
    parent !== undefined &&
    (parent.replication_method === 'INCREMENTAL' || isBelowIncremental(parent, catalog))
  );
}

function bookmarkOf(state: JsonValue, id: string): JsonObject {
  const bookmark = bookmarkIn(state, id);
  assert.ok(bookmark, `the state has no bookmark of ${id}`);
  return bookmark;
}

function assertOnlyNewer(
  name: string,
  schema: JsonObject,
  records: readonly JsonObject[],
  bookmark: JsonObject,
): void {
  for (const record of records) {
    const own = bookmarkOfRecord(bookmark, record);
    const key = own?.['replication_key'];
    assert.ok(typeof key === 'string', `the bookmark of ${name} has no replication_key`);
    const order = replicationOrder(schema, key);
    const start = order.parse(own?.['replication_key_value']);
    assert.ok(start, `the bookmark of ${name} has no replication_key_value`);
    const seen = order.parse(record[key]);
    assert.ok(
      seen === undefined || compareOrdinals(seen, start) >= 0,
      `stream ${name} reads again what it has read`,
    );
  }
}

async function assertTwice(driver: TapDriver): Promise<void> {
  const [first, second] = [outputByStream(await driver.read()), outputByStream(await driver.read())];
  assert.deepEqual([...second.keys()].sort(), [...first.keys()].sort(), 'two runs send different streams');
  for (const [name, { records }] of first) {
    const texts = (output: readonly JsonObject[] = []) =>
      output.map((record) => stringifyJson(record)).sort();
    assert.deepEqual(
      texts(second.get(name)?.records),
      texts(records),
      `stream ${name} sends other records the second time`,
    );
  }
}

async function assertMonotone(driver: TapDriver): Promise<void> {
  const first = await driver.read();
  const again = await driver.read({ state: lastState(first) ?? {} });
  assertNeverBack([...first, ...again], outputByStream(first));
}

/** How many of a run's states are tried: the first, the last, and some between. */
const triedStates = 5;

async function assertKilled(driver: TapDriver): Promise<void> {
  const items = await driver.read();
  const whole = outputByStream(items);
  const states = items.flatMap((item, at) => (item.kind === 'state' ? [at] : []));
  const step = Math.max(1, Math.ceil(states.length / triedStates));
  for (const at of states.filter((_, index) => index % step === 0 || index === states.length - 1)) {
    const before = outputByStream(items.slice(0, at));
    const after = outputByStream(await driver.read({ state: (items[at] as { value: JsonValue }).value }));
    for (const [name, { schema, records }] of whole) {
      const both = [...(before.get(name)?.records ?? []), ...(after.get(name)?.records ?? [])];
      const got = new Set(both.map((record) => identify(record, schema.keyProperties)));
      const lost = records.filter((record) => !got.has(identify(record, schema.keyProperties)));
      assert.equal(
        lost.length,
        0,
        `stream ${name}: ${lost.length} records are lost when a run goes on from the state before item ${at + 1}`,
      );
    }
  }
}

async function assertStop(driver: TapDriver): Promise<void> {
  const whole = await driver.read();
  const begun = await driver.read({ stopAtFirstRecords: true });
  assert.equal(begun.at(-1)?.kind, 'state', 'a stopped tap does not end with a STATE');
  const rest = outputByStream(await driver.read({ state: lastState(begun) ?? {} }));
  const started = outputByStream(begun);
  for (const [name, { schema, records }] of outputByStream(whole)) {
    const both = [...(started.get(name)?.records ?? []), ...(rest.get(name)?.records ?? [])];
    const got = new Set(both.map((record) => identify(record, schema.keyProperties)));
    const lost = records.filter((record) => !got.has(identify(record, schema.keyProperties)));
    assert.equal(
      lost.length,
      0,
      `stream ${name}: ${lost.length} records are lost when the tap is stopped and goes on`,
    );
  }
}

async function assertSmallBatches({ tap, config, world }: TapSuiteOptions): Promise<void> {
  const open = await tap.open({ ...contextOf(config), ...worldOf(world ?? {}) });
  try {
    for await (const item of open.read('record')) {
      if (item.kind !== 'records') continue;
      const size = Buffer.byteLength(stringifyJson(item.records));
      assert.ok(item.records.length <= 2_500, `a batch of ${item.stream} has ${item.records.length} records`);
      assert.ok(
        item.records.length === 1 || size <= 4_000_000,
        `a batch of ${item.stream} has ${size} bytes`,
      );
    }
  } finally {
    await open.close();
  }
}

async function assertRefusesConfig(tap: Tap, config: JsonObject): Promise<void> {
  await assert.rejects(
    async () => (await tap.open(contextOf(config))).close(),
    (error) => isAppError(error) && (error.category === 'invalid' || error.category === 'missing'),
    'an invalid configuration is accepted, or refused without a reason',
  );
}

function textOf(catalog: Catalog): string {
  return stringifyJson(catalog as unknown as JsonValue);
}
