import { ExactNumber, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { describe, expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { setting } from '../config/setting.ts';
import type { RecordsItem, SchemaItem, Target } from '../connector.ts';
import { parseInstant } from '../schema/instant.ts';
import { defineTarget } from '../target/define-target.ts';
import { registerChecks } from './check.ts';
import { targetStreamChecks } from './target-streams/stream-checks.ts';
import { targetSuite } from './target-suite.ts';
import type { TargetSuiteOptions } from './target-suite-options.ts';

/** Ways to be wrong; a target without any is right. */
interface Faults {
  dropsFirst?: boolean;
  acknowledgesAtOnce?: boolean;
  ignoresKeys?: boolean;
  firstWins?: boolean;
  mergesWithoutKey?: boolean;
  fillsNull?: boolean;
  acknowledgesNothing?: boolean;
  losesDigits?: boolean;
  forgetsAtNewSchema?: boolean;
  forgetsAtSchema?: boolean;
  takesAnything?: boolean;
  skipsBadValues?: boolean;
  skipsNullKeys?: boolean;
  foldsNames?: boolean;
  oneStreamOnly?: boolean;
  swallowsFailure?: boolean;
  unnamed?: boolean;
  losesWhatWaits?: boolean;
  versionsEverything?: boolean;
  ignoresContract?: boolean;
  losesQuarantine?: boolean;
  movesDays?: boolean;
  neverReplaces?: boolean;
  replacesAtOnce?: boolean;
  staysDeleted?: boolean;
  keepsOldVersions?: boolean;
}

type Table = Map<string, JsonObject>;
const stores = new Map<string, Map<string, Table>>();

/** Keeps rows in memory, by the text in `store`. */
function memoryTarget(faults: Faults): Target {
  const target = defineTarget({
    name: faults.unnamed ? 'Memory' : 'target-memory',
    label: 'Memory',
    description: 'Keeps rows in memory',
    version: '1.0.0',
    config: defineConfig({
      load_method: setting.string({ label: 'Load Method', description: 'upsert, overwrite or scd2' }),
      hard_delete: setting.boolean({ label: 'Hard Delete', description: 'Removes rows', default: false }),
      schema_contract: setting.object({ label: 'Contract', description: 'What may change' }),
      store: setting.string({ label: 'Store', description: 'Its name', required: true }),
    }),
    async open(context) {
      return {
        accepts: ['record'],
        async load(items, { acknowledge }) {
          const stored = stores.get(context.config.store) ?? new Map<string, Table>();
          stores.set(context.config.store, stored);
          const replaces = context.config.load_method === 'overwrite' && !faults.neverReplaces;
          const tables = replaces && !faults.replacesAtOnce ? new Map<string, Table>() : stored;
          if (replaces) tables.clear();
          const activated = new Map<string, number>();
          const schemas = new Map<string, SchemaItem>();
          const waiting: RecordsItem[] = [];
          const streams = new Map<string, { loaded: number; refused: number }>();
          const columns = faults.ignoresContract ? 'evolve' : context.config.schema_contract?.['columns'];
          let last: JsonValue | undefined;
          const flush = () => {
            for (const item of waiting.splice(0)) {
              const schema = schemas.get(item.stream);
              const kept =
                columns === undefined
                  ? item
                  : withoutStrange(item, schema, tables, faults.losesQuarantine ? 'discard_row' : columns);
              const history = context.config.load_method === 'scd2';
              const loaded = (history ? storeVersions : store)(kept, schema, tables, faults);
              if (context.config.hard_delete) removeMarked(tables.get(item.stream));
              const before = streams.get(item.stream);
              const refused = item.records.length - kept.records.length;
              streams.set(item.stream, {
                loaded: (before?.loaded ?? 0) + loaded,
                refused: (before?.refused ?? 0) + refused,
              });
            }
          };
          if (faults.acknowledgesNothing) await acknowledge({});
          try {
            for await (const item of items) {
              if (item.kind === 'schema') {
                const changed =
                  schemas.has(item.stream) &&
                  JSON.stringify(schemas.get(item.stream)) !== JSON.stringify(item);
                if (!(faults.forgetsAtNewSchema && changed)) flush();
                else waiting.length = 0;
                if (columns === 'freeze') assertFrozen(item, tables);
                if (faults.forgetsAtSchema) tables.delete(item.stream);
                if (faults.oneStreamOnly) schemas.clear();
                schemas.set(item.stream, item);
              } else if (item.kind === 'records') {
                if (faults.oneStreamOnly && !schemas.has(item.stream)) continue;
                if (!schemas.has(item.stream) && !faults.takesAnything)
                  throw new Error('a record before its schema');
                waiting.push(item);
              } else if (item.kind === 'state') {
                if (!faults.acknowledgesAtOnce) flush();
                last = item.value;
                if (!replaces) await acknowledge(item.value);
              } else if (item.kind === 'activate-version') activated.set(item.stream, item.version);
            }
          } catch (error) {
            if (!faults.losesWhatWaits) flush();
            if (!faults.swallowsFailure) throw error;
          }
          flush();
          for (const [stream, version] of faults.keepsOldVersions ? [] : activated) {
            retire(tables.get(stream), version);
            if (context.config.hard_delete) removeMarked(tables.get(stream));
          }
          if (replaces) {
            for (const stream of schemas.keys()) stored.set(stream, tables.get(stream) ?? new Map());
            if (last !== undefined) await acknowledge(last);
          }
          return { streams, last };
        },
        close: async () => {},
      };
    },
  });
  return target;
}

function store(
  item: RecordsItem,
  schema: SchemaItem | undefined,
  tables: Map<string, Table>,
  faults: Faults,
): number {
  const table = tables.get(item.stream) ?? new Map<string, JsonObject>();
  tables.set(item.stream, table);
  const keys = faults.ignoresKeys ? [] : (schema?.keyProperties ?? []);
  const properties = isJsonObject(schema?.schema['properties']) ? schema.schema['properties'] : {};
  const seen = new Set<string>();
  for (const [at, record] of item.records.entries()) {
    if (faults.dropsFirst && at === 0) continue;
    if (Object.entries(record).some(([name, value]) => isBad(value, properties[name]))) {
      if (faults.skipsBadValues) continue;
      throw new Error('a value is bad');
    }
    if (keys.some((key) => (record[key] ?? null) === null)) {
      if (faults.skipsNullKeys) continue;
      throw new Error('a key is null');
    }
    const byContent = keys.length === 0 && faults.mergesWithoutKey;
    const id = byContent
      ? JSON.stringify(record)
      : keys.length === 0
        ? String(table.size)
        : JSON.stringify(keys.map((key) => record[key]));
    if (faults.firstWins && seen.has(id)) continue;
    seen.add(id);
    const empty = Object.fromEntries(Object.keys(properties).map((name) => [name, null]));
    const old = keys.length > 0 && !faults.fillsNull ? table.get(id) : undefined;
    const there =
      old?.['_sdc_deleted_at'] === undefined || faults.staysDeleted ? {} : { _sdc_deleted_at: null };
    table.set(id, { ...empty, ...old, ...there, ...versionOf(item), ...mapped(record, faults) });
  }
  return item.records.length;
}

const versionOf = ({ version }: RecordsItem): JsonObject =>
  version === undefined ? {} : { _version: version };

function removeMarked(table: Table | undefined): void {
  for (const [id, row] of table ?? []) if ((row['_sdc_deleted_at'] ?? null) !== null) table?.delete(id);
}

/** Ends rows that are older than a version. */
function retire(table: Table | undefined, version: number): void {
  for (const [id, row] of table ?? []) {
    const end = row['_sdc_is_current'] === undefined ? '_sdc_deleted_at' : '_sdc_valid_to';
    if (Number(row['_version'] ?? 0) < version) table?.set(id, { ...row, [end]: '2024-01-01T00:00:00Z' });
  }
}

/** Names of the columns of a table that has rows. */
const columnsOf = (table: Table | undefined) =>
  Object.keys([...(table ?? new Map<string, JsonObject>()).values()][0] ?? {});

function assertFrozen({ stream, schema }: SchemaItem, tables: Map<string, Table>): void {
  const known = columnsOf(tables.get(stream));
  const strange = Object.keys(schema['properties'] ?? {}).find((name) => !known.includes(name));
  if (known.length > 0 && strange !== undefined) throw new Error(`there is no column ${strange}`);
}

function withoutStrange(
  item: RecordsItem,
  schema: SchemaItem | undefined,
  tables: Map<string, Table>,
  mode: JsonValue,
): RecordsItem {
  const known = columnsOf(tables.get(item.stream));
  const allowed = known.length > 0 ? known : Object.keys(schema?.schema['properties'] ?? {});
  const isKnown = (record: JsonObject) => Object.keys(record).every((name) => allowed.includes(name));
  const strange = item.records.filter((record) => !isKnown(record));
  if (mode === 'quarantine') {
    const aside = tables.get('_sdc_quarantine') ?? new Map<string, JsonObject>();
    for (const record of strange)
      aside.set(JSON.stringify(record), { _sdc_stream: item.stream, _sdc_record: record });
    tables.set('_sdc_quarantine', aside);
  }
  return { ...item, records: item.records.filter(isKnown) };
}

/** Versions by key and time, their ends computed anew each time. */
function storeVersions(
  item: RecordsItem,
  _schema: SchemaItem | undefined,
  tables: Map<string, Table>,
  faults: Faults,
): number {
  const table = tables.get(item.stream) ?? new Map<string, JsonObject>();
  tables.set(item.stream, table);
  for (const record of item.records) {
    const id = faults.versionsEverything ? String(table.size) : JSON.stringify([record['id'], record['at']]);
    table.set(id, { ...record, ...versionOf(item), _sdc_valid_from: record['at'] ?? null });
  }
  const time = (row: JsonObject) => String(row['at']);
  for (const [id, row] of table) {
    const [next] = [...table.values()]
      .filter((each) => each['id'] === row['id'] && time(each) > time(row))
      .sort((a, b) => (time(a) < time(b) ? -1 : 1));
    table.set(id, { ...row, _sdc_valid_to: next?.['at'] ?? null, _sdc_is_current: next === undefined });
  }
  return item.records.length;
}

function isBad(value: JsonValue, schema: JsonValue | undefined): boolean {
  return typeof value === 'string' && JSON.stringify(schema) === '{"type":["integer","null"]}';
}

function mapped(record: JsonObject, faults: Faults): JsonObject {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      faults.foldsNames ? name.toLowerCase() : name,
      faults.losesDigits && value instanceof ExactNumber
        ? Number(value.text)
        : faults.movesDays && value === '2024-01-01'
          ? '2024-01-01T05:00:00Z'
          : value,
    ]),
  );
}

let count = 0;

function optionsOf(faults: Faults): TargetSuiteOptions {
  return {
    target: memoryTarget(faults),
    keepsHistory: true,
    keepsContract: true,
    replaces: true,
    retires: true,
    config: async () => ({ store: `store ${++count}` }),
    async read(config, stream) {
      const table = stores.get(config['store'] as string)?.get(stream) ?? new Map<string, JsonObject>();
      return [...table.values()].map(inUtc);
    },
  };
}

const suiteOf = (faults: Faults) => targetSuite(optionsOf(faults));

/** Memory keeps the text of an instant; the suite wants it in UTC. */
function inUtc(row: JsonObject): JsonObject {
  const instant =
    typeof row['v'] === 'string' && row['v'].endsWith('+02:00') ? parseInstant(row['v']) : undefined;
  return instant === undefined
    ? row
    : { ...row, v: new Date(Number(instant / 1000n)).toISOString().replace('.000', '') };
}

describe('a target that does everything right', () => {
  registerChecks(suiteOf({}), test);
});

const faults: Readonly<Record<string, Faults>> = {
  about: { unnamed: true },
  loads: { dropsFirst: true },
  durable: { acknowledgesAtOnce: true },
  idempotent: { ignoresKeys: true },
  'last-wins': { firstWins: true },
  appends: { mergesWithoutKey: true },
  'missing-property': { fillsNull: true },
  empty: { acknowledgesNothing: true },
  fidelity: { losesDigits: true },
  'schema-change': { forgetsAtNewSchema: true },
  'same-schema': { forgetsAtSchema: true },
  'wider-types': { movesDays: true },
  'record-first': { takesAnything: true },
  'bad-value': { skipsBadValues: true },
  'null-key': { skipsNullKeys: true },
  'odd-names': { foldsNames: true },
  interleaved: { oneStreamOnly: true },
  'broken-input': { swallowsFailure: true },
  'crash-at-every-step': { acknowledgesAtOnce: true, losesWhatWaits: true },
  history: { versionsEverything: true },
  frozen: { ignoresContract: true },
  contract: { losesQuarantine: true },
  replaces: { neverReplaces: true },
  'replaces-whole': { replacesAtOnce: true },
  deletions: { staysDeleted: true },
  versions: { keepsOldVersions: true },
};

const found: Readonly<Record<string, string>> = {
  about: 'is no name',
  loads: 'no row equals',
  durable: 'is acknowledged when 0 can be read',
  idempotent: 'rows too many',
  'last-wins': 'no row equals',
  appends: 'no row equals',
  'missing-property': 'no row equals',
  empty: 'a state is acknowledged that nobody sent',
  fidelity: '2^53 + 1',
  'schema-change': 'no row equals',
  'same-schema': 'no row equals',
  'wider-types': '2024-01-01 became',
  'record-first': 'a record before its schema is accepted',
  'bad-value': 'of two records 1 are loaded',
  'null-key': 'of two records 1 are loaded',
  'odd-names': 'is not in the row',
  interleaved: 'records of a stream are lost',
  'broken-input': 'the failure of the input is not passed on',
  'crash-at-every-step': 'after a crash at',
  history: 'rows too many',
  frozen: 'the difference is not named',
  contract: 'no row equals',
  replaces: 'a state is acknowledged before the whole has come',
  'replaces-whole': 'no row equals',
  deletions: 'no row equals',
  versions: 'rows too many',
};

describe('streams as text', () => {
  const check = (name: string, fault: Faults) => {
    const checks = targetStreamChecks(optionsOf(fault)).filter(({ id }) => id === `stream ${name}`);
    expect(checks).toHaveLength(2);
    return Promise.all(checks.map((each) => each.run()));
  };

  test.each<[string, Faults, string]>([
    ['array data', { dropsFirst: true }, 'no row equals'],
    ['duplicate records', { ignoresKeys: true }, 'rows too many'],
    ['record before its schema', { takesAnything: true }, 'the load succeeded'],
    ['several states', { acknowledgesNothing: true, oneStreamOnly: true }, 'no row equals'],
  ])('%s: a fault is found', async (name, fault, found) => {
    await check(name, {});
    await expect(check(name, fault)).rejects.toThrow(found);
  });
});

describe('a fault is found by the check for it', () => {
  test.each(Object.entries(faults))('%s', async (id, fault) => {
    const checks = suiteOf(fault).filter((check) => check.id === id);
    expect(checks).not.toHaveLength(0);
    for (const check of checks) await expect(check.run(), check.title).rejects.toThrow(found[id]);
  });

  test('every check has its fault', () => {
    expect(Object.keys(faults).sort()).toEqual([...new Set(suiteOf({}).map((check) => check.id))].sort());
  });
});
