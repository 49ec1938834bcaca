import { chmod, readdir, readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { isAlive, pidsIn } from '../../engine/test/support/processes.ts';
import { meltano, meltanoOk, type TestProject, testProject } from './support/meltano-program.ts';

const fixtures = resolve(import.meta.dirname, '../../engine/fixtures/bin');
const path = { PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` };

/** Reads what its catalog selects, one stream after the other, each without end; notes how it is started. */
const twoStreams = `#!/usr/bin/env node
const { appendFileSync, readFileSync } = require('node:fs');
const names = ['public.orders', 'customers'];
const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
if (process.argv.includes('--discover')) {
  say({ streams: names.map((name) => ({ tap_stream_id: name, stream: name, schema: { properties: { id: {} } }, metadata: [] })) });
} else {
  appendFileSync('starts', process.argv.slice(2).join(' ') + '\\n');
  const catalog = JSON.parse(readFileSync(process.argv[process.argv.indexOf('--catalog') + 1], 'utf8'));
  const selected = catalog.streams.find((stream) => stream.metadata.some((entry) => entry.breadcrumb.length === 0 && entry.metadata.selected));
  let id = 0;
  process.stdout.on('error', () => process.exit(1));
  if (selected.stream === 'customers') { say({ type: 'RECORD', stream: 'customers', record: { id: 12345678901234567890n.toString() } }); }
  else setInterval(() => say({ type: 'RECORD', stream: selected.stream, record: { id: (id += 1) } }), 1);
}
`;

const project = (tap: string, more: Record<string, string> = {}, grace = '') =>
  testProject({
    'meltano.yml': `default_environment: dev\nenvironments: [{name: dev}]\n${grace}plugins:\n  extractors:\n  - ${tap}\n`,
    ...more,
  });

const preview = (made: TestProject, ...args: readonly string[]) =>
  meltano(['preview', ...args], { cwd: made.folder, env: path });

it('the first records of an external tap, which is ended; no state is touched', async () => {
  await using made = await project(
    `{name: tap-t, namespace: tap_t, executable: ${fixtures}/tap-forever.mjs, config: {pid_file: pids}}`,
  );
  await meltanoOk(
    [
      'state',
      'set',
      '--force',
      'dev:tap-t-to-target-t',
      '{"singer_state": {"bookmarks": {"rows": {"id": 500}}}}',
    ],
    {
      cwd: made.folder,
    },
  );
  const { code, stdout, stderr } = await preview(made, 'tap-t', 'rows', '--records', '3');
  expect(code, stderr).toBe(0);
  expect(stdout).toBe('rows  first 3 records\nid\n1\n2\n3\n');
  expect(pidsIn(made.folder, 'pids').map(isAlive)).toEqual([false]);
  const state = await meltanoOk(['state', 'get', 'dev:tap-t-to-target-t'], { cwd: made.folder });
  expect(JSON.parse(state.stdout)).toMatchObject({ singer_state: { bookmarks: { rows: { id: 500 } } } });
  expect(
    (await readdir(join(made.folder, '.meltano/run/tap-t'))).filter((name) => name.includes('config')),
  ).toEqual([]);
});

it('a tap that ignores SIGTERM is killed', async () => {
  await using made = await project(
    `{name: tap-t, namespace: tap_t, executable: ${fixtures}/tap-forever.mjs, config: {pid_file: pids, ignore_sigterm: true, with_child: true}}`,
    {},
    'run: {grace_seconds: 0}\n',
  );
  const { code } = await preview(made, 'tap-t', 'rows', '-n', '1');
  expect(code).toBe(0);
  expect(pidsIn(made.folder, 'pids').map(isAlive)).toEqual([false, false]);
});

it('selected streams, each read in a process of its own, and JSON that keeps its digits', async () => {
  await using made = await project(
    '{name: tap-two, namespace: tap_two, executable: ./tap.cjs, capabilities: [catalog, discover, state]}',
    { 'tap.cjs': twoStreams },
  );
  await chmod(join(made.folder, 'tap.cjs'), 0o755);
  const all = await preview(made, 'tap-two', '--format', 'json', '-n', '2');
  expect(all.code, all.stderr).toBe(0);
  expect(JSON.parse(all.stdout)).toMatchObject({
    streams: [
      { stream: 'public.orders', complete: false, records: [{ id: 1 }, { id: 2 }] },
      { stream: 'customers', complete: true, records: [{ id: '12345678901234567890' }] },
    ],
  });
  expect((await readFile(join(made.folder, 'starts'), 'utf8')).trim().split('\n')).toHaveLength(2);
  expect(await readFile(join(made.folder, 'starts'), 'utf8')).not.toContain('--state');
  const one = await preview(made, 'tap-two', 'customers');
  expect(one.stdout).toContain('customers  1 record, all that there are');
  const near = await preview(made, 'tap-two', 'customer');
  expect(near.code).toBe(1);
  expect(near.stderr).toContain("did you mean 'customers'?");
  await meltanoOk(['--environment=dev', 'select', 'tap-two', 'customers', '*'], { cwd: made.folder });
  const deselected = await preview(made, 'tap-two', 'public.orders');
  expect(deselected.stderr).toContain("The stream 'public.orders' of 'tap-two' is not selected");
});

it('a tap that fails: its last line', async () => {
  await using made = await project(`{name: tap-t, namespace: tap_t, executable: ./tap.sh}`, {
    'tap.sh': '#!/bin/sh\necho "cannot log in" >&2\nexit 3\n',
  });
  await chmod(join(made.folder, 'tap.sh'), 0o755);
  const { code, stderr } = await preview(made, 'tap-t');
  expect(code).toBe(1);
  expect(stderr).toMatch(/tap-t ended with exit code 3 after .*: cannot log in/);
});

it('a native tap, with the selection of the project', async () => {
  await using made = await testProject({
    'meltano.yml': 'default_environment: dev\nenvironments: [{name: dev}]\n',
    'a.csv': 'id,name,secret\n1,Ann,x\n2,Bo,y\n3,Cy,z\n',
  });
  const run = (...args: string[]) => meltanoOk(['--no-environment', ...args], { cwd: made.folder });
  await run('add', 'tap-csv');
  await run('config', 'set', 'tap-csv', 'files', '[{"entity": "people", "path": "a.csv", "keys": ["id"]}]');
  await run('select', 'tap-csv', 'people', 'id');
  await run('select', 'tap-csv', 'people', 'name');
  const { code, stdout, stderr } = await preview(made, 'tap-csv', '-n', '2');
  expect(code, stderr).toBe(0);
  expect(stdout).toBe('people  first 2 records\nid  name\n1   Ann\n2   Bo\n');
  await run(
    'config',
    'set',
    'tap-csv',
    'stream_maps',
    '{"people": {"name": null, "__filter__": "id != \'1\'"}}',
  );
  expect((await preview(made, 'tap-csv', '-n', '1')).stdout).toBe('people  first 1 record\nid\n2\n');
});
