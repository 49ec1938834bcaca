import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TestPlugin } from '../../test/support/plugins.ts';
import { createTestBench, type TestBench } from '../../test/support/test-run.ts';
import { fixture } from '../../test/support/test-workspace.ts';

/** Installed by hand: an executable in the place of a virtual environment. */
function installed(bench: TestBench): void {
  const bin = join(bench.root, '.meltano/extractors/tap/venv/bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'tap'), `#!/bin/sh\nexec ${process.execPath} ${fixture('tap-discovers')} "$@"\n`, {
    mode: 0o755,
  });
}

function plugins(more: Partial<TestPlugin> = {}): readonly TestPlugin[] {
  const { config, ...rest } = more;
  return [
    {
      name: 'tap',
      type: 'extractors',
      pipUrl: 'tap==1',
      capabilities: ['discover', 'catalog', 'state'],
      extras: { _select: ['rows.id'] },
      config: { log: '$ROOT/log', ...config },
      ...rest,
    },
    { name: 'target', type: 'loaders', executable: fixture('target-collects') },
  ];
}

function starts(bench: TestBench): readonly string[] {
  return readFileSync(join(bench.root, 'log'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('['));
}

async function run(bench: TestBench, request = {}) {
  return (await bench.start(['tap', 'target'], request)).outcome;
}

test('discovers once, applies the rules, and reads the cache until something asks anew', async () => {
  const bench = createTestBench(plugins());
  installed(bench);
  expect(await run(bench)).toMatchObject({ status: 'succeeded' });
  expect(await run(bench)).toMatchObject({ status: 'succeeded' });
  expect(starts(bench)).toHaveLength(3);
  expect(bench.eventsOf('discovery-finished').map((event) => event.cached)).toEqual([false, true]);
  await run(bench, { refreshCatalog: true });
  await run(bench, { fullRefresh: true });
  expect(bench.eventsOf('discovery-finished').map((event) => event.cached)).toEqual([
    false,
    true,
    false,
    false,
  ]);
  const catalog = JSON.parse(readFileSync(join(bench.root, '.meltano/run/tap/tap.properties.json'), 'utf8'));
  expect(catalog.streams[0]).toMatchObject({ tap_stream_id: 'rows', selected: true });
  expect(readFileSync(join(bench.root, '.meltano/run/tap/tap.properties.cache_key'), 'utf8')).toMatch(
    /^[0-9a-f]{40}$/,
  );
});

test('the tap is started with config, catalog and state; discovery with neither of the last two', async () => {
  const bench = createTestBench(plugins());
  installed(bench);
  await run(bench);
  await run(bench);
  const [discovery, first, second] = starts(bench).map((line) =>
    (JSON.parse(line) as string[]).filter((word) => word.startsWith('--')),
  );
  expect(discovery).toEqual(['--config', '--discover']);
  expect(first).toEqual(['--config', '--catalog']);
  expect(second).toEqual(['--config', '--catalog', '--state']);
  expect(readFileSync(join(bench.root, 'log'), 'utf8')).toContain('"bookmarks"');
});

test('a failed discovery says the command, the code and the last words, and leaves no catalog', async () => {
  const bench = createTestBench(plugins({ config: { fail: true } }));
  installed(bench);
  const outcome = await run(bench);
  expect(outcome.blocks[0]?.error?.message).toMatch(
    /^Cannot start plugin tap: Catalog discovery failed: command .* returned 3 with stderr:\n no such host/,
  );
  expect(existsSync(join(bench.root, '.meltano/run/tap/tap.properties.json'))).toBe(false);
});

test('output that is no catalog is named with the place where it breaks', async () => {
  const bench = createTestBench(plugins({ config: { garbage: '{"streams": [} and more' } }));
  installed(bench);
  const outcome = await run(bench);
  expect(outcome.blocks[0]?.error).toMatchObject({
    code: 'catalog.invalid_catalog',
    message: expect.stringContaining('and more'),
  });
});

test('a custom catalog is used as it is, but for the stream filter', async () => {
  const bench = createTestBench(plugins({ extras: { _catalog: 'mine.json', _select: ['nothing.here'] } }));
  installed(bench);
  const stream = {
    tap_stream_id: 'rows',
    stream: 'rows',
    schema: {},
    metadata: [{ breadcrumb: [], metadata: { selected: true, kept: 1 } }],
  };
  writeFileSync(join(bench.root, 'mine.json'), JSON.stringify({ streams: [stream], extra: true }));
  expect(await run(bench)).toMatchObject({ status: 'succeeded' });
  expect(bench.logText()).toContain('Using custom catalog in mine.json');
  const log = readFileSync(join(bench.root, 'log'), 'utf8');
  expect(log).toContain('"kept": 1');
  expect(log).toContain('"extra": true');
});

test('a catalog capability without any catalog is an error; a static file beside the plugin helps', async () => {
  const bench = createTestBench(plugins({ capabilities: ['catalog'] }));
  installed(bench);
  expect((await run(bench)).blocks[0]?.error?.message).toContain(
    'Applying catalog rules failed: catalog file is missing',
  );
  const stream = { tap_stream_id: 'rows', stream: 'rows', schema: { properties: { id: {} } }, metadata: [] };
  writeFileSync(
    join(bench.root, '.meltano/extractors/tap/tap.properties.json'),
    JSON.stringify({ streams: [stream] }),
  );
  expect(await run(bench)).toMatchObject({ status: 'succeeded' });
});

test('a stop during discovery ends it', async () => {
  const bench = createTestBench([
    {
      name: 'tap',
      type: 'extractors',
      executable: fixture('tap-silent'),
      capabilities: ['discover', 'catalog'],
      extras: {},
    },
    { name: 'target', type: 'loaders', executable: fixture('target-collects') },
  ]);
  const handle = await bench.start(['tap', 'target']);
  handle.stop('interrupted');
  expect(await handle.outcome).toMatchObject({ status: 'interrupted', exitCode: 1 });
});

test('an el run has its own folder and can be told what to read', async () => {
  const bench = createTestBench(plugins());
  installed(bench);
  const runId = '0190b8b4-0000-7000-8000-000000000001';
  const outcome = await run(bench, { command: 'el', stateId: 'my/State ID:1', runId, exclude: ['rows'] });
  expect(outcome).toMatchObject({ status: 'succeeded' });
  const folder = join(bench.root, '.meltano/run/elt/my_State_ID1', runId);
  expect(
    JSON.parse(readFileSync(join(folder, 'tap.properties.json'), 'utf8')).streams[0].metadata[0].metadata
      .selected,
  ).toBe(false);
});
