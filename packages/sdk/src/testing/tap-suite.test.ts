import { ExactNumber, type JsonObject } from '@meltano/foundation/json';
import { describe, expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { setting } from '../config/setting.ts';
import type { RecordItem, Tap, TapContext } from '../connector.ts';
import { s } from '../schema/schema.ts';
import { defineTap } from '../tap/define-tap.ts';
import { defineStream } from '../tap/stream.ts';
import { registerChecks } from './check.ts';
import { tapSuite } from './tap-suite.ts';

const rows = Array.from({ length: 4_500 }, (_, id) => ({
  id,
  name: id % 3 === 0 ? undefined : `name ${id}`,
  updated: new Date(Date.UTC(2024, 0, 1, 0, 0, id)),
  amount: new ExactNumber('12345678901234567.89'),
}));

const row = s.object({
  id: s.integer(),
  name: s.string().nullable(),
  updated: s.dateTime(),
  amount: s.decimal(2),
});

const good = defineTap({
  name: 'tap-good',
  label: 'Good',
  description: 'Does everything right',
  version: '1.0.0',
  config: defineConfig({
    token: setting.secret({ label: 'Token', description: 'A secret', required: true }),
  }),
  streams: () => [
    defineStream({
      name: 'changes',
      keys: ['id'],
      schema: row,
      replicationKey: 'updated',
      sorted: true,
      async *records() {
        for (let at = 0; at < rows.length; at += 1_000) yield rows.slice(at, at + 1_000);
      },
    }),
    defineStream({
      name: 'shuffled',
      keys: ['id'],
      schema: row,
      replicationKey: 'updated',
      async *records() {
        yield* rows.slice(0, 50).reverse();
      },
    }),
    defineStream({
      name: 'all',
      schema: row,
      async *records() {
        yield* rows.slice(0, 10);
      },
    }),
  ],
});

const config = { token: 'secret' };

describe('a tap that does everything right', () => {
  registerChecks(tapSuite({ tap: good, config, invalidConfig: {} }), test);
});

/** A tap whose items are changed on their way out. */
function items(
  change: (items: AsyncIterable<RecordItem>, context: TapContext) => AsyncIterable<RecordItem>,
): Tap {
  return {
    ...good,
    async open(context) {
      const open = await good.open(context);
      return { ...open, read: () => change(open.read('record'), context) };
    },
  };
}

/** A tap that is opened differently. */
function opened(change: (context: TapContext) => TapContext): Tap {
  return { ...good, open: (context) => good.open(change(context)) };
}

let discoveries = 0;
let runs = 0;

const stateOf = (value: string): RecordItem => ({
  kind: 'state',
  value: { bookmarks: { changes: { replication_key: 'updated', replication_key_value: value } } },
});

const faults: Readonly<Record<string, Tap>> = {
  about: { ...good, about: { ...good.about, settings: [{ name: 'x', kind: 'weird', description: 'odd' }] } },
  'small-batches': items(async function* (source) {
    for await (const item of source) {
      yield item.kind === 'records' && item.stream === 'changes'
        ? { ...item, records: Array.from({ length: 3_000 }, () => ({ id: 1 })) }
        : item;
    }
  }),
  'invalid-config': opened((context) => ({ ...context, config })),
  'stable-catalog': {
    ...good,
    async discover(context) {
      const catalog = await good.discover(context);
      discoveries += 1;
      return { streams: discoveries % 2 === 0 ? catalog.streams : catalog.streams.toReversed() };
    },
  },
  'valid-records': items(async function* (source) {
    for await (const item of source) {
      if (item.kind !== 'records') yield item;
      else yield { ...item, records: item.records.map((record) => ({ ...record, surprise: 1 })) };
    }
  }),
  'unique-keys': items(async function* (source) {
    for await (const item of source) {
      yield item;
      if (item.kind === 'records' && item.stream === 'changes') yield item;
    }
  }),
  selection: opened(({ catalog: _, ...context }) => context),
  'last-state': items(async function* (source) {
    for await (const item of source) if (item.kind !== 'state') yield item;
  }),
  resume: opened(({ state: _, ...context }) => context),
  twice: items(async function* (source) {
    runs += 1;
    for await (const item of source) {
      yield item.kind === 'records' && item.stream === 'all' && runs % 2 === 0
        ? { ...item, records: item.records.slice(1) }
        : item;
    }
  }),
  monotone: items(async function* (source) {
    for await (const item of source) yield item;
    yield stateOf('2024-01-01T00:00:05Z');
  }),
  killed: items(async function* (source) {
    let isFirst = true;
    for await (const item of source) {
      // Says that all is read when the first records are.
      yield item;
      if (item.kind === 'records' && isFirst) yield stateOf('2030-01-01T00:00:00Z');
      isFirst = isFirst && item.kind !== 'records';
    }
  }),
  stop: items(async function* (source, context) {
    for await (const item of source) {
      const ahead: JsonObject = { replication_key: 'updated', replication_key_value: '2030-01-01T00:00:00Z' };
      yield item.kind === 'state' && context.signal.aborted
        ? { kind: 'state', value: { bookmarks: { changes: ahead } } }
        : item;
    }
  }),
};

const found: Readonly<Record<string, string>> = {
  about: 'is not known',
  'small-batches': 'has 3000 records',
  'invalid-config': 'an invalid configuration is accepted',
  'stable-catalog': 'two discoveries differ',
  'valid-records': 'which its schema does not have',
  'unique-keys': 'two records with one key',
  selection: 'streams that are not selected are sent',
  'last-state': 'the last message is not a STATE',
  resume: 'reads again what it has read',
  twice: 'sends other records the second time',
  monotone: 'goes back from',
  killed: 'are lost when a run goes on',
  stop: 'are lost when the tap is stopped',
};

describe('a fault is found by the check for it', () => {
  test.each(Object.entries(faults))('%s', async (id, tap) => {
    const checks = tapSuite({ tap, config, invalidConfig: {} }).filter((check) => check.id === id);
    expect(checks).not.toHaveLength(0);
    for (const check of checks) await expect(check.run(), check.title).rejects.toThrow(found[id]);
  });

  test('every check has its fault', () => {
    const ids = new Set(tapSuite({ tap: good, config, invalidConfig: {} }).map((check) => check.id));
    expect(Object.keys(faults).sort()).toEqual([...ids].sort());
  });
});
