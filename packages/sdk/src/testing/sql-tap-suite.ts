import assert from 'node:assert/strict';
import { isAppError } from '@meltano/foundation/errors';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { Catalog, CatalogStream } from '@meltano/singer/catalog';
import type { Tap } from '../connector.ts';
import type { Check } from './check.ts';
import { type TapDriver, tapDrivers } from './drive-tap.ts';
import { lastState, outputByStream, propertiesOf } from './tap-output.ts';

export interface SqlTapSuiteOptions {
  readonly tap: Tap;
  /** Makes a new database, runs these statements in it, and says how the tap reaches it. */
  database(statements: readonly string[]): Promise<JsonObject>;
}

/**
 * What every tap that `sqlTap` makes must do beyond `tapSuite`, whatever the database: its statements are SQL that all
 * of them understand.
 */
export function sqlTapSuite({ tap, database }: SqlTapSuiteOptions): readonly Check[] {
  return Object.entries(checks).map(([id, { title, assertIt }]) => ({
    id,
    title,
    async run() {
      const config = await database(statements);
      const driverOf = (more: JsonObject = {}): TapDriver => {
        const [driver] = tapDrivers(tap, { ...config, ...more });
        assert.ok(driver);
        return driver;
      };
      await assertIt(driverOf);
    },
  }));
}

/** `orders`: a row without a time, two of one time; a name that needs quoting. */
const statements = [
  'CREATE SCHEMA sales',
  'CREATE SCHEMA attic',
  'CREATE TABLE sales.orders (id INTEGER PRIMARY KEY, changed_at TIMESTAMP, total DECIMAL(10, 2), "Full Name" VARCHAR(20) NOT NULL)',
  "INSERT INTO sales.orders VALUES (4, TIMESTAMP '2024-01-03 00:00:00.123456', 1.10, 'd'), (1, NULL, NULL, ''), " +
    "(3, TIMESTAMP '2024-01-02 00:00:00', 12345678.90, 'c'), (2, TIMESTAMP '2024-01-02 00:00:00', 2, 'b')",
  'CREATE TABLE sales.parts (b INTEGER, a INTEGER, PRIMARY KEY (a, b))',
  'CREATE VIEW sales.newest AS SELECT id, changed_at FROM sales.orders',
  'CREATE TABLE attic.old_things (id INTEGER)',
];

const orders = 'sales-orders';

interface SqlTapCheck {
  readonly title: string;
  readonly assertIt: (driverOf: (more?: JsonObject) => TapDriver) => Promise<void>;
}

const checks: Readonly<Record<string, SqlTapCheck>> = {
  discovery: {
    title: 'discovers tables and views of all schemas with keys, types and metadata',
    async assertIt(driverOf) {
      const catalog = await driverOf().discover();
      assert.deepEqual(idsOf(catalog), ['attic-old_things', 'sales-newest', orders, 'sales-parts']);
      const table = streamOf(catalog, orders);
      assert.deepEqual(table.key_properties, ['id']);
      assert.deepEqual(
        streamOf(catalog, 'sales-parts').key_properties,
        ['a', 'b'],
        'the order of a key counts',
      );
      const properties = propertiesOf(table.schema);
      assert.deepEqual(Object.keys(properties), ['id', 'changed_at', 'total', 'Full Name']);
      const typesOf = (name: string) => (properties[name] as JsonObject)['type'];
      assert.deepEqual(typesOf('id'), ['integer']);
      assert.deepEqual(typesOf('total'), ['number', 'null']);
      assert.deepEqual(typesOf('Full Name'), ['string']);
      assert.equal((properties['changed_at'] as JsonObject)['format'], 'date-time');
      const { metadata = {} } = table.metadata?.find(({ breadcrumb }) => breadcrumb.length === 0) ?? {};
      assert.equal(metadata['schema-name'], 'sales');
      assert.equal(metadata['is-view'], false);
      assert.deepEqual(metadata['table-key-properties'], ['id']);
      assert.ok((metadata['valid-replication-keys'] as readonly string[]).includes('changed_at'));
      const view = streamOf(catalog, 'sales-newest').metadata?.find(
        ({ breadcrumb }) => breadcrumb.length === 0,
      );
      assert.equal(view?.metadata['is-view'], true);
    },
  },
  filters: {
    title: 'discovers only what the filters leave',
    async assertIt(driverOf) {
      const ids = async (more: JsonObject) => idsOf(await driverOf(more).discover());
      assert.deepEqual(await ids({ filter_schemas: ['at*'] }), ['attic-old_things']);
      assert.deepEqual(await ids({ exclude_schemas: ['sales'] }), ['attic-old_things']);
      assert.deepEqual(await ids({ filter_tables: ['ord*', 'sales.p*'] }), [orders, 'sales-parts']);
      assert.deepEqual(await ids({ filter_tables: ['nothing'] }), []);
    },
  },
  values: {
    title: 'reads values exactly',
    async assertIt(driverOf) {
      const { records } = await readOrders(driverOf());
      const byId = new Map(records.map((record) => [Number(record['id']), record]));
      assert.equal(String(byId.get(3)?.['total']), '12345678.90');
      assert.equal(byId.get(4)?.['changed_at'], '2024-01-03T00:00:00.123456Z');
      assert.deepEqual(byId.get(1), { id: 1, changed_at: null, total: null, 'Full Name': '' });
    },
  },
  'singer-decimal': {
    title: 'sends decimals as texts when asked to',
    async assertIt(driverOf) {
      const { records, schema } = await readOrders(driverOf({ use_singer_decimal: true }));
      assert.equal(records.find((record) => record['id'] === 3)?.['total'], '12345678.90');
      assert.deepEqual(propertiesOf(schema)['total'], {
        type: ['string', 'null'],
        format: 'singer.decimal',
        precision: 10,
        scale: 2,
      });
    },
  },
  incremental: {
    title: 'reads in the order of the replication key, NULL first, and goes on from it',
    async assertIt(driverOf) {
      const catalog = incremental(await driverOf().discover(), 'changed_at');
      const first = await readOrders(driverOf(), { catalog });
      assert.deepEqual(
        first.ids.toSorted((a, b) => a - b),
        [1, 2, 3, 4],
      );
      assert.deepEqual([first.ids[0], first.ids[3]], [1, 4], 'rows do not come in order');
      assert.deepEqual(bookmarkOf(first.state), {
        replication_key: 'changed_at',
        replication_key_value: '2024-01-03T00:00:00.123456Z',
      });
      const again = await readOrders(driverOf(), { catalog, state: first.state });
      assert.deepEqual(again.ids, [4], 'only rows at the bookmark or after it come again');
      const withNulls = await readOrders(driverOf({ read_null_replication_keys: true }), {
        catalog,
        state: first.state,
      });
      assert.deepEqual(withNulls.ids, [1, 4]);
    },
  },
  'start-date': {
    title: 'begins with the start date',
    async assertIt(driverOf) {
      const catalog = incremental(await driverOf().discover(), 'changed_at');
      const { ids } = await readOrders(driverOf({ start_date: '2024-01-02T12:00:00Z' }), { catalog });
      assert.deepEqual(ids, [4]);
    },
  },
  'bound-bookmark': {
    title: 'binds a bookmark as a value, whatever it holds',
    async assertIt(driverOf) {
      const catalog = incremental(await driverOf().discover(), 'Full Name');
      const state = stateOf('Full Name', "b' OR 1 = 1 --");
      assert.deepEqual((await readOrders(driverOf(), { catalog, state })).ids, [3, 4]);
    },
  },
  'wrong-bookmark': {
    title: 'refuses a bookmark of another type',
    async assertIt(driverOf) {
      const catalog = incremental(await driverOf().discover(), 'id');
      await assertRefused(readOrders(driverOf(), { catalog, state: stateOf('id', 'x') }), 'invalid');
    },
  },
  'unknown-key': {
    title: 'refuses a replication key that is no column',
    async assertIt(driverOf) {
      const catalog = incremental(await driverOf().discover(), 'nope');
      await assertRefused(readOrders(driverOf(), { catalog }), 'invalid');
    },
  },
  'gone-column': {
    title: 'refuses a catalog that wants a column or a table which is gone',
    async assertIt(driverOf) {
      const catalog = await driverOf().discover();
      const table = streamOf(catalog, orders);
      const schema = {
        ...table.schema,
        properties: { ...propertiesOf(table.schema), gone: { type: ['string'] } },
      };
      await assertRefused(
        readOrders(driverOf(), { catalog: { streams: [{ ...table, schema }] } }),
        'invalid',
      );
      const lost = { ...table, tap_stream_id: 'sales-gone', stream: 'sales-gone' };
      await assertRefused(readOrders(driverOf(), { catalog: { streams: [lost] } }), 'invalid');
    },
  },
  queries: {
    title: 'reads queries as streams',
    async assertIt(driverOf) {
      const sql = 'SELECT id, changed_at FROM sales.orders WHERE id > 2 -- the new ones';
      const query = { name: 'late', sql, keys: ['id'], replication_key: 'changed_at' };
      const driver = driverOf({ filter_tables: ['nothing'], queries: [query] });
      const catalog = await driver.discover();
      assert.deepEqual(streamOf(catalog, 'late').key_properties, ['id']);
      const { records } = outputByStream(await driver.read({ catalog })).get('late') ?? { records: [] };
      assert.deepEqual(
        records.map((record) => record['id']),
        [3, 4],
      );
      const wrong = (more: JsonObject) => driverOf({ queries: [{ ...query, ...more }] }).discover();
      await assertRefused(wrong({ keys: ['nope'] }), 'invalid');
      await assertRefused(wrong({ sql: 'SELEC 1' }), 'invalid');
    },
  },
};

function idsOf(catalog: Catalog): readonly string[] {
  return catalog.streams.map((stream) => stream.tap_stream_id).toSorted();
}

function streamOf(catalog: Catalog, id: string): CatalogStream {
  const stream = catalog.streams.find((each) => each.tap_stream_id === id);
  assert.ok(stream, `there is no stream ${id}`);
  return stream;
}

/** `sales-orders` alone, read incrementally. */
function incremental(catalog: Catalog, key: string): Catalog {
  const { metadata = [], ...stream } = streamOf(catalog, orders);
  const chosen = metadata.map((entry) =>
    entry.breadcrumb.length > 0
      ? entry
      : {
          ...entry,
          metadata: { ...entry.metadata, 'replication-method': 'INCREMENTAL', 'replication-key': key },
        },
  );
  return { streams: [{ ...stream, metadata: chosen }] };
}

async function readOrders(driver: TapDriver, options: Parameters<TapDriver['read']>[0] = {}) {
  const items = await driver.read(options);
  const stream = outputByStream(items).get(orders);
  assert.ok(stream, `stream ${orders} is not sent`);
  const { records, schema } = stream;
  const ids = records.map((record) => Number(record['id']));
  return { records, ids, schema: schema.schema, state: lastState(items) ?? {} };
}

function stateOf(key: string, value: JsonValue): JsonValue {
  return { bookmarks: { [orders]: { replication_key: key, replication_key_value: value } } };
}

function bookmarkOf(state: JsonValue): JsonValue | undefined {
  return ((state as JsonObject)['bookmarks'] as JsonObject)[orders];
}

async function assertRefused(work: Promise<unknown>, category: string): Promise<void> {
  await assert.rejects(
    work,
    (error) => isAppError(error) && error.category === category && error.hint !== undefined,
    'it is accepted, or refused without a hint',
  );
}
