import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { setting } from '../config/setting.ts';
import type { RecordItem } from '../connector.ts';
import { defineMapper } from '../mapper/define-mapper.ts';
import { mapperError } from '../mapper/errors.ts';
import { s } from '../schema/schema.ts';
import { defineTap } from '../tap/define-tap.ts';
import { defineStream } from '../tap/stream.ts';
import { defineTarget } from '../target/define-target.ts';
import { contextOf } from '../testing/drive-tap.ts';
import { runConnectorProgram } from '../testing/program-run.ts';

const facts = { label: 'X', description: 'X', version: '1.0.0' };

const tap = defineTap({
  ...facts,
  name: 'tap-x',
  config: defineConfig({}),
  streams: () => [
    defineStream({
      name: 'things',
      keys: ['id'],
      schema: s.object({ id: s.integer(), name: s.string() }),
      async *records() {
        yield { id: 1, name: 'a' };
        yield { id: 2, name: 'b' };
      },
    }),
  ],
});

/** Writes all it gets to its log and acknowledges every state. */
const target = defineTarget({
  ...facts,
  name: 'target-x',
  config: defineConfig({}),
  open: async ({ log }) => ({
    accepts: ['record'],
    async load(items, { acknowledge }) {
      for await (const item of items) {
        if (item.kind === 'state') await acknowledge(item.value);
        else log.log('info', JSON.stringify(item));
      }
      return { streams: new Map() };
    },
    close: () => Promise.resolve(),
  }),
});

/** Doubles every record. */
const mapper = defineMapper({
  ...facts,
  name: 'map-x',
  config: defineConfig({ times: setting.integer({ label: 'Times', description: 'How often', default: 2 }) }),
  open: ({ config }) => ({
    map(item): readonly RecordItem[] {
      if (item.kind !== 'records') return [item];
      const records = item.records.flatMap((record) => Array.from({ length: config.times }, () => record));
      return [{ ...item, records }];
    },
    close: () => Promise.resolve(),
  }),
});

const stream_maps = {
  things: { __alias__: 'items', __filter__: 'id > 1', name: 'name.upper()', copy: 'id' },
};
const schema = {
  type: 'SCHEMA',
  stream: 'things',
  schema: { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } },
  key_properties: ['id'],
};
const recordOf = (id: number, name: string) => ({ type: 'RECORD', stream: 'things', record: { id, name } });
const state = { type: 'STATE', value: { at: 1.0 } };
const lines = (...messages: readonly JsonValue[]) =>
  messages.map((message) => `${JSON.stringify(message)}\n`);

function messages(stdout: string): readonly JsonObject[] {
  return stdout.trimEnd().split('\n').map(parseJson).filter(isJsonObject);
}

test('a tap applies the stream maps of its settings', async () => {
  const run = await runConnectorProgram(tap, { files: { config: { stream_maps } } });
  expect(run.code).toBe(0);
  expect(messages(run.stdout)).toMatchObject([
    { type: 'SCHEMA', stream: 'items', schema: { properties: { copy: { type: ['integer', 'null'] } } } },
    { type: 'RECORD', stream: 'items', record: { id: 2, name: 'B', copy: 2 } },
    { type: 'STATE' },
  ]);
  expect(run.stderr).toContain('"value":1,"tags":{"stream":"items"}');
});

test('a target applies them before it loads', async () => {
  const run = await runConnectorProgram(target, {
    files: { config: { stream_maps } },
    stdin: lines(schema, recordOf(1, 'a'), recordOf(2, 'b'), state),
  });
  expect(run.code).toBe(0);
  expect(run.stderr).toContain('"stream":"items","records":[{"id":2,"name":"B","copy":2}]');
  expect(run.stderr).not.toContain('"id":1');
  expect(messages(run.stdout)).toEqual([{ at: 1 }]);
});

test('a mapper prints what it makes, then mapped by its stream maps, in order', async () => {
  const run = await runConnectorProgram(mapper, {
    files: { config: { stream_maps, times: 2 } },
    stdin: lines(schema, recordOf(1, 'a'), recordOf(2, 'b'), state, recordOf(3, 'c')),
  });
  expect(run.code).toBe(0);
  expect(
    messages(run.stdout).map(({ type, record }) => (isJsonObject(record) ? record['name'] : type)),
  ).toEqual(['SCHEMA', 'B', 'B', 'STATE', 'C', 'C']);
});

test.each([tap, target, mapper])('$about.name says that it has stream maps', async (connector) => {
  const run = await runConnectorProgram(connector, { args: ['--about', '--format=json'] });
  const about = parseJson(run.stdout);
  expect(about).toMatchObject({
    capabilities: expect.arrayContaining(['stream-maps', 'schema-flattening']),
    settings: { properties: { stream_maps: {}, stream_map_config: {}, flattening_max_depth: {} } },
  });
});

test('a map that is not valid ends the program before anything is read', async () => {
  const run = await runConnectorProgram(tap, {
    files: { config: { stream_maps: { things: { id: null } } } },
  });
  expect(run.code).toBe(1);
  expect(run.stdout).toBe('');
  expect(run.stderr).toContain('removes "id", which is a key property of the stream things');
});

test('an expression that fails is shown with its place', async () => {
  const config = { stream_maps: { things: { sum: '1 * (id + name)' } } };
  const run = await runConnectorProgram(tap, { files: { config } });
  expect(run.code).toBe(1);
  expect(run.stdout).not.toContain('RECORD');
  expect(run.stderr).toContain(
    'of stream_maps.things.sum failed at "(id + name)": + is not possible between a int and a str',
  );
  const lines = run.stderr.split('\n').map((line) => line.split('|').at(-1));
  expect(lines).toContain('   1 * (id + name)');
  expect(lines).toContain('       ^^^^^^^^^^^');
});

test('a mapper reads files of records, maps them and sends them on as records', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mapper-batch-'));
  try {
    const path = join(folder, 'a.jsonl');
    writeFileSync(path, '{"id":1,"name":"a"}\n{"id":2,"name":"b"}\n');
    const batch = {
      type: 'BATCH',
      stream: 'things',
      encoding: { format: 'jsonl' },
      manifest: [`file://${path}`],
    };
    const run = await runConnectorProgram(mapper, {
      files: { config: { stream_maps } },
      stdin: lines(schema, recordOf(2, 'x'), batch, state),
    });
    expect(run.code).toBe(0);
    expect(
      messages(run.stdout).map(({ type, record }) => (isJsonObject(record) ? record['name'] : type)),
    ).toEqual(['SCHEMA', 'X', 'X', 'B', 'B', 'STATE']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  [new Error('out of ink'), 'mapper.failed', 'out of ink'],
  [
    mapperError('no_schema', { message: 'there is none', hint: 'send one' }),
    'mapper.no_schema',
    'there is none',
  ],
])(
  'a mapper that fails in one process with a tap is named, with the stream: %s',
  async (thrown, code, reason) => {
    const fails = defineMapper({
      ...facts,
      name: 'map-y',
      config: defineConfig({}),
      open: () => ({
        map() {
          throw thrown;
        },
        close: () => Promise.resolve(),
      }),
    });
    const open = await fails.open(contextOf({}));
    const item: RecordItem = { kind: 'records', stream: 'things', records: [], bytes: 0 };
    await expect((async () => open.map(item))()).rejects.toMatchObject({
      code,
      message: `Mapper map-y failed for stream things: ${reason}`,
      details: { mapper: 'map-y', stream: 'things' },
    });
  },
);

test.each([mapper, target])(
  '$about.name says how far its input was read when a file of records is broken',
  async (connector) => {
    const batch = {
      type: 'BATCH',
      stream: 'things',
      encoding: { format: 'jsonl' },
      manifest: ['/nowhere/a.jsonl'],
    };
    const run = await runConnectorProgram(connector, {
      files: { config: { stream_maps } },
      stdin: lines(schema, recordOf(2, 'x'), batch, state),
    });
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(
      /The batch file \/nowhere\/a\.jsonl of stream things cannot be read.*\(the input was read up to line [34]\)/,
    );
  },
);
