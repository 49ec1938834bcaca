import { ExactNumber, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { describe, expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { setting } from '../config/setting.ts';
import type { RecordsItem, SchemaItem, Target } from '../connector.ts';
import { parseInstant } from '../schema/instant.ts';
import { defineTarget } from '../target/define-target.ts';
import { registerChecks } from './check.ts';
import { targetSuite } from './target-suite.ts';

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
      store: setting.string({ label: 'Store', description: 'Its name', required: true }),
    }),
    async open(context) {
      return {
        accepts: ['record'],
        async load(items, { acknowledge }) {
          const tables = stores.get(context.config.store) ?? new Map<string, Table>();
          stores.set(context.config.store, tables);
          const schemas = new Map<string, SchemaItem>();
          const waiting: RecordsItem[] = [];
          const streams = new Map<string, { loaded: number; refused: number }>();
          let last: JsonValue | undefined;
          const flush = () => {
            for (const item of waiting.splice(0)) {
              const loaded = store(item, schemas.get(item.stream), tables, faults);
              streams.set(item.stream, {
                loaded: (streams.get(item.stream)?.loaded ?? 0) + loaded,
                refused: 0,
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
                if (faults.forgetsAtSchema) tables.delete(item.stream);
                if (faults.oneStreamOnly) schemas.clear();
                schemas.set(item.stream, item);
              } else if (item.kind === 'records') {
                if (faults.oneStreamOnly && !schemas.has(item.stream)) continue;
                if (!schemas.has(item.stream) && !faults.takesAnything) throw new Error('no schema');
                waiting.push(item);
              } else if (item.kind === 'state') {
                if (!faults.acknowledgesAtOnce) flush();
                last = item.value;
                await acknowledge(item.value);
              }
            }
          } catch (error) {
            flush();
            if (!faults.swallowsFailure) throw error;
          }
          flush();
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
    table.set(id, { ...empty, ...old, ...mapped(record, faults) });
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
      faults.losesDigits && value instanceof ExactNumber ? Number(value.text) : value,
    ]),
  );
}

let count = 0;

function suiteOf(faults: Faults) {
  return targetSuite({
    target: memoryTarget(faults),
    config: async () => ({ store: `store ${++count}` }),
    async read(config, stream) {
      const table = stores.get(config['store'] as string)?.get(stream) ?? new Map<string, JsonObject>();
      return [...table.values()].map(inUtc);
    },
  });
}

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
  'record-first': { takesAnything: true },
  'bad-value': { skipsBadValues: true },
  'null-key': { skipsNullKeys: true },
  'odd-names': { foldsNames: true },
  interleaved: { oneStreamOnly: true },
  'broken-input': { swallowsFailure: true },
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
  'record-first': 'a record before its schema is accepted',
  'bad-value': 'of two records 1 are loaded',
  'null-key': 'of two records 1 are loaded',
  'odd-names': 'is not in the row',
  interleaved: 'records of a stream are lost',
  'broken-input': 'the failure of the input is not passed on',
};

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
