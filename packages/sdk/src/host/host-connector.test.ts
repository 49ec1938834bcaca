import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { setting } from '../config/setting.ts';
import { s } from '../schema/schema.ts';
import { defineTap } from '../tap/define-tap.ts';
import { defineStream } from '../tap/stream.ts';
import { runConnectorProgram } from '../testing/program-run.ts';

const tap = defineTap({
  name: 'tap-x',
  label: 'X',
  description: 'Reads X',
  version: '1.2.3',
  config: defineConfig({
    token: setting.secret({
      label: 'Token',
      description: 'The | token',
      required: true,
      aliases: ['api_key'],
    }),
    fails: setting.boolean({ label: 'Fails', description: 'Fail with the token', default: false }),
  }),
  streams: ({ config, log }) => [
    defineStream({
      name: 'things',
      schema: s.object({ id: s.integer() }),
      async *records() {
        log.log('info', 'with the token', { token: config.token });
        if (config.fails) throw new Error(`${config.token} is not accepted`);
        yield { id: 1 };
      },
    }),
  ],
});

const token = 'se"cret-token';

test('prints schema, records and state, and removes secrets from the log', async () => {
  const run = await runConnectorProgram(tap, { files: { config: { token } } });
  expect(run.code).toBe(0);
  expect(run.stdout.split('\n').map((line) => line.slice(0, 16))).toEqual([
    '{"type":"SCHEMA"',
    '{"type":"RECORD"',
    '{"type":"STATE",',
    '',
  ]);
  expect(run.stderr).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \| INFO {5}\| tap-x \| with the token token="\(redacted\)"\n/,
  );
  expect(run.stderr).toContain(
    'METRIC: {"type":"counter","metric":"record_count","value":1,"tags":{"stream":"things"}}',
  );
});

test('says why it fails, without the secret, and prints no state', async () => {
  const run = await runConnectorProgram(tap, { files: { config: { token, fails: true } } });
  expect(run.code).toBe(1);
  expect(run.stderr).toContain('Stream things failed: (redacted) is not accepted');
  expect(run.stderr).not.toContain('cret-token');
  expect(run.stdout).not.toContain('STATE');
});

test.each([
  [['--version'], 0, 'tap-x v1.2.3, Meltano SDK for TypeScript v'],
  [['--help'], 0, '--discover'],
  [['--about'], 0, 'token (password) TAP_X_TOKEN'],
  [['--about', '--format=json'], 0, '"sdk_version"'],
  [['--about', '--format=markdown'], 0, '| token | True |  | The \\| token |'],
  [['--about', '--format=yaml'], 2, ''],
  [['--input', 'x'], 2, ''],
  [['positional'], 2, ''],
  [[], 1, ''],
])('%j ends with %d', async (args, code, text) => {
  const run = await runConnectorProgram(tap, { args });
  expect(run.code).toBe(code);
  expect(run.stdout).toContain(text);
  expect(run.stdout === '').toBe(code !== 0);
});

test('needs no valid configuration to describe itself, and one to discover', async () => {
  expect((await runConnectorProgram(tap, { args: ['--about', '--format', 'json'] })).code).toBe(0);
  const run = await runConnectorProgram(tap, { args: ['--discover'] });
  expect(run.code).toBe(1);
  expect(run.stderr).toContain('"token" is required');
});

test('takes an empty state as none, and a catalog as its selection', async () => {
  const run = await runConnectorProgram(tap, {
    files: { config: { token }, catalog: { streams: [] }, state: {} },
  });
  expect(run).toMatchObject({ code: 0, stdout: '' });
});

describe('a state', () => {
  const changes = defineTap({
    name: 'tap-y',
    label: 'Y',
    description: 'Reads Y',
    version: '1.2.3',
    config: defineConfig({}),
    streams: [
      defineStream({
        name: 'changes',
        schema: s.object({ id: s.integer() }),
        replicationKey: 'id',
        *records() {
          yield [{ id: 1 }, { id: 2 }];
        },
      }),
    ],
  });
  const bookmarks = { changes: { replication_key: 'id', replication_key_value: 2 } };

  test.each([
    ['as it is', { bookmarks }],
    ['as the message that a tap prints', { type: 'STATE', value: { bookmarks } }],
    ['as `meltano state get` prints it', { singer_state: { bookmarks } }],
  ])('counts %s', async (_, state) => {
    const { stdout } = await runConnectorProgram(changes, { files: { state } });
    expect(stdout).not.toContain('"record":{"id":1}');
    expect(stdout).toContain('"record":{"id":2}');
  });
});

test('a file may begin with a mark of order', async () => {
  const root = mkdtempSync(join(tmpdir(), 'host-'));
  try {
    const file = join(root, 'config.json');
    writeFileSync(file, `\ufeff{"token":"x"}`);
    expect((await runConnectorProgram(tap, { args: ['--config', file] })).code).toBe(0);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('says which settings there are none of, and hides a secret under its other name', async () => {
  const config = { api_key: token, failz: true, sort: 1, stream_maps: {}, fails: true };
  const { stderr } = await runConnectorProgram(tap, { files: { config } });
  expect(stderr).toContain(
    'WARNING  | tap-x | "failz" is no setting of tap-x and counts for nothing: did you mean "fails"?',
  );
  expect(stderr).toContain('"sort" is no setting of tap-x and counts for nothing: --about describes');
  expect(stderr).not.toMatch(/"(?:api_key|fails|stream_maps)" is no setting/);
  expect(stderr).toContain('(redacted) is not accepted');
  expect(stderr).not.toContain('cret-token');
});

test.each(['config', 'catalog'])('refuses a %s that is not an object of its kind', async (option) => {
  const run = await runConnectorProgram(tap, { files: { config: { token }, [option]: [] } });
  expect(run.code).toBe(1);
  expect(run.stderr).toContain('code=host.unreadable_file');
});

test('a secret that is written as a number is hidden, too, and keeps its digits', async () => {
  const root = mkdtempSync(join(tmpdir(), 'host-'));
  try {
    const file = join(root, 'config.json');
    for (const number of ['12345678', '123456789012345678901234']) {
      writeFileSync(file, `{"token":${number},"fails":true}`);
      const { stderr } = await runConnectorProgram(tap, { args: ['--config', file] });
      expect(stderr).toContain('(redacted) is not accepted');
      expect(stderr).not.toContain('2345');
    }
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('says where a catalog that was written by hand is none', async () => {
  const catalog = { streams: [{ tap_stream_id: 'things', metadata: [{ breadcrumb: 'id', metadata: {} }] }] };
  const run = await runConnectorProgram(tap, { files: { config: { token }, catalog } });
  expect(run.code).toBe(1);
  expect(run.stderr).toContain('is no catalog: "metadata[0].breadcrumb" of stream things must be a list');
});

test('records that go into files are counted, too', async () => {
  const root = mkdtempSync(join(tmpdir(), 'host-'));
  try {
    const config = { token, batch_config: { storage: { root } } };
    const run = await runConnectorProgram(tap, { files: { config } });
    expect(run.stdout).toContain('"type":"BATCH"');
    expect(run.stdout).not.toContain('"type":"RECORD"');
    expect(run.stderr).toContain('"metric":"record_count","value":1,"tags":{"stream":"things"}');
  } finally {
    rmSync(root, { recursive: true });
  }
});

test.each([
  [{ encoding: { format: 'avro' }, storage: { root: 'x' } }, 'batch_config.encoding.format'],
  [{ encoding: 'parquet', storage: { root: 'x' } }, 'batch_config.encoding'],
  [{ storage: { root: 's3://bucket' } }, 'batch_config.storage.root'],
  ['parquet', 'batch_config'],
])('a batch_config of %j is refused by every way to open the tap', async (batchConfig, place) => {
  const config = { token, batch_config: batchConfig };
  for (const args of [[], ['--discover'], ['--test']]) {
    const run = await runConnectorProgram(tap, { files: { config }, args });
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain(`"${place}" must be`);
  }
});
