import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringifyJson } from '@meltano/foundation/json';
import { defineConfig } from '@meltano/sdk/config/config';
import type { Mapper, Target } from '@meltano/sdk/connector';
import { defineMapper } from '@meltano/sdk/mapper/define-mapper';
import { expect, test } from 'vitest';
import { type NativeTapSeen, nativeTap, nativeTarget } from '../../test/support/connectors.ts';
import type { TestPlugin } from '../../test/support/plugins.ts';
import { createTestBench } from '../../test/support/test-run.ts';
import { fixture } from '../../test/support/test-workspace.ts';
import { until } from '../../test/support/until.ts';

const ownTap: TestPlugin = {
  name: 'tap',
  type: 'extractors',
  npmPackage: '@test/tap',
  capabilities: ['state', 'catalog', 'discover'],
};
const ownTarget: TestPlugin = { name: 'target', type: 'loaders', npmPackage: '@test/target' };
const mapper: TestPlugin = {
  name: 'mapper',
  mapping: 'renames',
  type: 'mappers',
  executable: fixture('mapper-renames'),
};
const collects: TestPlugin = {
  name: 'target',
  type: 'loaders',
  executable: fixture('target-collects'),
  config: { path: '$ROOT/out' },
};

function external(name: string, config: NonNullable<TestPlugin['config']> = {}): TestPlugin {
  return { name: 'tap', type: 'extractors', executable: fixture(name), capabilities: ['state'], config };
}

test('record: both inside; a second run goes on, everything is closed', async () => {
  const { target, seen } = nativeTarget();
  const tapSeen: NativeTapSeen = { closed: false };
  const bench = createTestBench([ownTap, ownTarget], { connectors: { tap: nativeTap({}, tapSeen), target } });
  const outcome = await (await bench.start(['tap', 'target'])).outcome;
  expect(outcome).toMatchObject({ status: 'succeeded' });
  expect(outcome.blocks[0]).toMatchObject({
    lane: 'record',
    streams: [{ stream: 'rows', read: 6, loaded: 6, refused: 0 }],
    schemaChanges: ['table-created main.rows'],
  });
  expect(seen).toMatchObject({ incomplete: false, closed: true });
  expect(tapSeen).toMatchObject({ closed: true, catalog: { streams: [{ selected: true }] } });
  await (await bench.start(['tap', 'target'])).outcome;
  expect(tapSeen.state).toEqual({ id: 6 });
  expect((await bench.states.store.get('dev:tap-to-target'))?.completed).toEqual({
    singer_state: { id: 12 },
  });
});

test.each([
  ['native', [ownTap], { tap: nativeTap() }],
  ['external', [external('tap-lines', { text: '{"type":"STATE","value":{"a":1}}\n' })], {}],
])('a target knows whether a %s tap goes on from a state', async (_, plugins, connectors) => {
  const { target } = nativeTarget();
  const given: (boolean | undefined)[] = [];
  const knowing: Target = {
    ...target,
    open(context) {
      given.push(context.continues);
      return target.open(context);
    },
  };
  const bench = createTestBench([...plugins, ownTarget], { connectors: { ...connectors, target: knowing } });
  for (const request of [{}, {}, { fullRefresh: true }])
    await (await bench.start(['tap', 'target'], request)).outcome;
  expect(given).toEqual([false, true, false]);
});

test('record: stream maps in the settings of tap and target', async () => {
  const { target, seen } = nativeTarget();
  const bench = createTestBench(
    [
      { ...ownTap, config: { stream_maps: { rows: { __filter__: 'id > 4', twice: 'id * 2' } } } },
      { ...ownTarget, config: { stream_maps: { rows: { id: null, __key_properties__: null } } } },
    ],
    { connectors: { tap: nativeTap(), target } },
  );
  const outcome = await (await bench.start(['tap', 'target'])).outcome;
  expect(outcome.blocks[0]).toMatchObject({ streams: [{ stream: 'rows', read: 2, loaded: 2 }] });
  expect(seen.records).toEqual([
    expect.objectContaining({ twice: 10 }),
    expect.objectContaining({ twice: 12 }),
  ]);
  expect(seen.records.some((record) => 'id' in record)).toBe(false);
});

test('record: a tap that fails; the target keeps what came and knows that it is not all', async () => {
  const { target, seen } = nativeTarget();
  const bench = createTestBench([ownTap, ownTarget], {
    connectors: { tap: nativeTap({ failAfter: 2 }), target },
  });
  const outcome = await (await bench.start(['tap', 'target'])).outcome;
  expect(outcome.blocks[0]?.error).toMatchObject({
    code: 'run.extractor_failed',
    message: 'Extractor failed',
    causes: ['tap: the source is gone'],
  });
  expect(seen).toMatchObject({ incomplete: true, closed: true });
  expect((await bench.states.store.get('dev:tap-to-target'))?.completed).toEqual({ singer_state: { id: 4 } });
});

test('record: a target that fails', async () => {
  const { target } = nativeTarget({ failAfter: 4 });
  const bench = createTestBench([ownTap, ownTarget], {
    connectors: { tap: nativeTap({ forever: true }), target },
  });
  const outcome = await (await bench.start(['tap', 'target'])).outcome;
  expect(outcome.blocks[0]?.error).toMatchObject({
    message: 'Loader failed',
    causes: ['target: the disk is full'],
  });
  expect((await bench.states.store.get('dev:tap-to-target'))?.completed).toEqual({ singer_state: { id: 2 } });
});

test('record: a stop drains, and the last state is stored', async () => {
  const { target, seen } = nativeTarget();
  const bench = createTestBench([ownTap, ownTarget], {
    connectors: { tap: nativeTap({ forever: true }), target },
  });
  const run = await bench.start(['tap', 'target']);
  await until(() => seen.records.length > 10, 'some records');
  run.stop('terminated');
  expect(await run.outcome).toMatchObject({ status: 'interrupted', exitCode: 143 });
  expect(seen.incomplete).toBe(true);
  expect((await bench.states.store.get('dev:tap-to-target'))?.completed).toEqual({
    singer_state: { id: seen.records.length },
  });
});

test('decode: an external tap into a native target; numbers keep their digits, unknown messages pass', async () => {
  const { target, seen } = nativeTarget();
  const text = [
    '{"type":"SCHEMA","stream":"rows","schema":{"properties":{}},"key_properties":["id"],"odd":1}',
    '{"type":"RECORD","stream":"rows","record":{"id":12345678901234567890,"n":1.10}}',
    '{"type":"RECORD","stream":"rows","record":{"id":2},"version":7}',
    '{"type":"ACTIVATE_VERSION","stream":"rows","version":7}',
    '{"type":"SHOUT","text":"hello"}',
    '{"type":"STATE","value":{"at":9007199254740993}}',
  ].join('\n');
  const bench = createTestBench([external('tap-lines', { text }), ownTarget], { connectors: { target } });
  const outcome = await (await bench.start(['tap', 'target'])).outcome;
  expect(outcome).toMatchObject({ status: 'succeeded' });
  expect(outcome.blocks[0]).toMatchObject({
    lane: 'decode',
    streams: [{ stream: 'rows', read: 2, loaded: 2 }],
  });
  expect(seen.items.map((item) => item.kind)).toEqual([
    'schema',
    'records',
    'records',
    'activate-version',
    'other',
    'state',
  ]);
  expect(stringifyJson(seen.records)).toBe('[{"id":12345678901234567890,"n":1.10},{"id":2}]');
  const record = await bench.states.store.get('dev:tap-to-target');
  expect(stringifyJson(record?.completed ?? null)).toBe('{"singer_state":{"at":9007199254740993}}');
});

test('decode: a tap that dies, a broken line, a line cut short', async () => {
  const run = async (plugin: TestPlugin) => {
    const { target, seen } = nativeTarget();
    const bench = createTestBench([plugin, ownTarget], { connectors: { target } });
    const outcome = await (await bench.start(['tap', 'target'])).outcome;
    return {
      error: outcome.blocks[0]?.error,
      seen,
      state: (await bench.states.store.get('dev:tap-to-target'))?.completed,
    };
  };
  const died = await run(external('tap-dies-after-3'));
  expect(died).toMatchObject({
    error: { message: 'Extractor failed' },
    seen: { incomplete: true },
    state: { singer_state: { bookmarks: { rows: { id: 3 } } } },
  });
  const good =
    '{"type":"SCHEMA","stream":"r","schema":{},"key_properties":[]}\n{"type":"STATE","value":{"a":1}}\n';
  const broken = await run(
    external('tap-lines', { text: `${good}oops\n{"type":"STATE","value":{"a":2}}\n` }),
  );
  expect(broken).toMatchObject({
    error: { code: 'singer.invalid_json' },
    seen: { incomplete: true },
    state: { singer_state: { a: 1 } },
  });
  const cut = await run(external('tap-lines', { text: `${good}{"type":"REC` }));
  expect(cut).toMatchObject({
    error: { code: 'run.unfinished_line' },
    seen: { incomplete: true },
    state: { singer_state: { a: 1 } },
  });
});

test('decode: a stop drains', async () => {
  const { target, seen } = nativeTarget();
  const bench = createTestBench([external('tap-forever'), ownTarget], { connectors: { target } });
  const run = await bench.start(['tap', 'target']);
  await until(() => seen.records.length > 10, 'some records');
  run.stop('interrupted');
  expect(await run.outcome).toMatchObject({ status: 'interrupted', exitCode: 1 });
  const last = seen.records.at(-1)?.['id'];
  expect((await bench.states.store.get('dev:tap-to-target'))?.completed).toEqual({
    singer_state: { bookmarks: { rows: { id: last } } },
  });
});

test('encode: a native tap into an external target', async () => {
  const bench = createTestBench([ownTap, collects], { connectors: { tap: nativeTap({ batches: 500 }) } });
  const outcome = await (await bench.start(['tap', 'target'])).outcome;
  expect(outcome).toMatchObject({ status: 'succeeded' });
  expect(outcome.blocks[0]).toMatchObject({ lane: 'encode', streams: [{ stream: 'rows', read: 1000 }] });
  const lines = readFileSync(join(bench.root, 'out'), 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(1 + 1000 + 500 + 1);
  expect(lines[1]).toBe('{"type":"RECORD","stream":"rows","record":{"id":1}}');
  expect((await bench.states.store.get('dev:tap-to-target'))?.completed).toEqual({
    singer_state: { id: 1000 },
  });
});

test('encode: a target that dies, a tap that fails, a stop', async () => {
  const dies: TestPlugin = {
    name: 'target',
    type: 'loaders',
    executable: fixture('target-dies'),
    config: { after: 5 },
  };
  const first = createTestBench([ownTap, dies], { connectors: { tap: nativeTap({ forever: true }) } });
  expect((await (await first.start(['tap', 'target'])).outcome).blocks[0]?.error?.message).toBe(
    'Loader failed',
  );
  const second = createTestBench([ownTap, collects], { connectors: { tap: nativeTap({ failAfter: 2 }) } });
  expect((await (await second.start(['tap', 'target'])).outcome).blocks[0]?.error?.message).toBe(
    'Extractor failed',
  );
  expect((await second.states.store.get('dev:tap-to-target'))?.completed).toEqual({
    singer_state: { id: 4 },
  });
  const third = createTestBench([ownTap, collects], { connectors: { tap: nativeTap({ forever: true }) } });
  const run = await third.start(['tap', 'target']);
  await until(() => third.states.writes.length > 0, 'a state');
  run.stop('interrupted');
  expect(await run.outcome).toMatchObject({ status: 'interrupted' });
});

test('a mapper between two native connectors', async () => {
  const { target, seen } = nativeTarget();
  const bench = createTestBench([ownTap, mapper, ownTarget], { connectors: { tap: nativeTap(), target } });
  const outcome = await (await bench.start(['tap', 'renames', 'target'])).outcome;
  expect(outcome).toMatchObject({ status: 'succeeded' });
  expect(seen.records).toEqual([1, 2, 3, 4, 5, 6].map((id) => ({ id, mapped: true })));
  expect((await bench.states.store.get('dev:tap-to-target'))?.completed).toEqual({ singer_state: { id: 6 } });
});

test('a native mapper behind a native tap works in this process, before a native or an external target', async () => {
  const own: TestPlugin = { name: 'mapper', mapping: 'doubles', type: 'mappers', npmPackage: '@test/mapper' };
  let closed = 0;
  const doubling: Mapper = {
    kind: 'mapper',
    about: { ...nativeTap().about, name: 'mapper' },
    open: async () => ({
      map: (item) =>
        item.kind === 'records'
          ? [{ ...item, records: item.records.flatMap((record) => [record, { ...record, twin: true }]) }]
          : [item],
      close: async () => {
        closed += 1;
      },
    }),
  };
  const { target, seen } = nativeTarget();
  const inside = createTestBench([ownTap, own, ownTarget], {
    connectors: { tap: nativeTap(), target, mapper: doubling },
  });
  expect(await (await inside.start(['tap', 'doubles', 'target'])).outcome).toMatchObject({
    status: 'succeeded',
  });
  expect(seen.records.filter((record) => record['twin'] === true)).toHaveLength(seen.records.length / 2);
  const outside = createTestBench([ownTap, own, collects], {
    connectors: { tap: nativeTap(), mapper: doubling },
  });
  expect(await (await outside.start(['tap', 'doubles', 'target'])).outcome).toMatchObject({
    status: 'succeeded',
  });
  const lines = readFileSync(join(outside.root, 'out'), 'utf8').split('\n');
  expect(lines.filter((line) => line.includes('"twin":true'))).toHaveLength(6);
  expect(closed).toBe(2);
});

test('a native target that hangs is left behind by the second stop', async () => {
  const { target } = nativeTarget({ hang: true });
  const bench = createTestBench([ownTap, ownTarget], {
    connectors: { tap: nativeTap({ forever: true }), target },
  });
  const run = await bench.start(['tap', 'target']);
  await until(() => bench.eventsOf('discovery-finished').length > 0, 'the start');
  run.stop('interrupted');
  run.stop('interrupted');
  expect(await run.outcome).toMatchObject({ status: 'interrupted' });
});

test('what a native target says after it was given up is heard by nobody', async () => {
  const { target } = nativeTarget({ hang: true });
  const { promise: late, resolve: goOn } = Promise.withResolvers<void>();
  const { promise: said, resolve: hasSaid } = Promise.withResolvers<void>();
  const talkative: typeof target = {
    ...target,
    open: async (context) => ({
      ...(await target.open(context)),
      async load(_items, { acknowledge, notice }) {
        await late;
        notice?.({ kind: 'schema-change', stream: 'rows', change: 'table-created', table: 'main.rows' });
        context.log.log('info', 'late');
        await acknowledge({ id: 1 });
        hasSaid();
        return { streams: new Map() };
      },
      close: () => new Promise(() => {}),
    }),
  };
  const bench = createTestBench([ownTap, ownTarget], {
    connectors: { tap: nativeTap({ forever: true }), target: talkative },
  });
  const run = await bench.start(['tap', 'target']);
  await until(() => bench.eventsOf('discovery-finished').length > 0, 'the start');
  run.stop('terminated');
  run.stop('terminated');
  const outcome = await run.outcome;
  expect(outcome).toMatchObject({ status: 'interrupted', exitCode: 143 });
  goOn();
  await said;
  expect(bench.events.at(-1)).toMatchObject({ kind: 'run-finished' });
  expect(outcome.blocks[0]?.schemaChanges).toEqual([]);
  expect(await bench.states.store.get('dev:tap-to-target')).toBeUndefined();
});

test('decode: a line beyond the limit fails, and what came before is kept', async () => {
  const { target } = nativeTarget();
  const text = `{"type":"STATE","value":{"a":1}}\n{"type":"RECORD","stream":"r","record":{"t":"${'x'.repeat(3000)}"}}\n`;
  const bench = createTestBench([external('tap-lines', { text }), ownTarget], {
    connectors: { target },
    settings: { 'elt.buffer_size': 2000 },
  });
  const outcome = await (await bench.start(['tap', 'target'])).outcome;
  expect(outcome.blocks[0]?.error).toMatchObject({
    code: 'singer.line_too_long',
    hint: expect.stringContaining('elt.buffer_size'),
  });
  expect((await bench.states.store.get('dev:tap-to-target'))?.completed).toEqual({ singer_state: { a: 1 } });
});

test('encode: a target that reads nothing and exits with 0 has not loaded what it was given', async () => {
  const idle: TestPlugin = { name: 'target', type: 'loaders', executable: fixture('target-reads-nothing') };
  const bench = createTestBench([ownTap, idle], { connectors: { tap: nativeTap() } });
  const outcome = await (await bench.start(['tap', 'target'])).outcome;
  expect(outcome.blocks[0]?.error?.code).toBe('run.loader_ended_early');
});

const takesBatches: TestPlugin = { ...collects, capabilities: ['batch'] };
const batchConfig = {
  batch_config: { encoding: { compression: 'none' }, storage: { root: 'file://$ROOT/batches' } },
};

test.each([
  ['a loader that takes them', [takesBatches], 3, 0],
  ['a loader that does not', [collects], 0, 6],
  ['a mapper in between', [mapper, takesBatches], 0, 6],
] as const)('batch_config of a native tap before %s', async (_, others, batches, records) => {
  const bench = createTestBench([{ ...ownTap, config: batchConfig }, ...others], {
    connectors: { tap: nativeTap() },
  });
  const names = others.map((plugin) => plugin.mapping ?? plugin.name);
  const outcome = await (await bench.start(['tap', ...names])).outcome;
  expect(outcome).toMatchObject({ status: 'succeeded' });
  expect(outcome.blocks[0]).toMatchObject({ streams: [{ read: 6 }] });
  const lines = readFileSync(join(bench.root, 'out'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'));
  const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types.filter((type) => type === 'BATCH')).toHaveLength(batches);
  expect(types.filter((type) => type === 'RECORD')).toHaveLength(records);
  expect((await bench.states.store.get('dev:tap-to-target'))?.completed).toEqual({ singer_state: { id: 6 } });
});

test('a mapper in this process that fails is told as such', async () => {
  const own: TestPlugin = { name: 'mapper', mapping: 'breaks', type: 'mappers', npmPackage: '@test/mapper' };
  const breaking = defineMapper({
    name: 'mapper-breaks',
    label: 'Breaks',
    description: 'Fails for every record',
    version: '1.0.0',
    config: defineConfig({}),
    open: async () => ({
      map: (item) => {
        if (item.kind === 'records') throw new Error('no such name');
        return [item];
      },
      close: async () => {},
    }),
  });
  const { target } = nativeTarget();
  const bench = createTestBench([ownTap, own, ownTarget], {
    connectors: { tap: nativeTap(), target, mapper: breaking },
  });
  const outcome = await (await bench.start(['tap', 'breaks', 'target'])).outcome;
  expect(outcome.blocks[0]?.error).toMatchObject({
    code: 'run.mappers_failed',
    causes: ['Mapper mapper-breaks failed for stream rows: no such name'],
  });
});
