import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { meltanoOk, type TestProject, testProject } from './support/meltano-program.ts';

const yml = `default_environment: dev
environments: [{name: dev}]
plugins:
  extractors:
  - name: tap-a
    namespace: tap_a
    executable: ./tap.sh
    capabilities: [catalog, discover, state]
    settings: [{name: host, value: localhost}, {name: port, kind: integer, value: 1}, {name: password, kind: password}, {name: token}]
    select: ['orders.*', '!orders.secret']
    metadata: {orders: {replication-method: INCREMENTAL, replication-key: updated_at}}
    config: {host: db.internal, token: '\${exec:touch called}'}
  loaders:
  - {name: target-b, namespace: target_b, executable: ./none.sh}
  utilities:
  - {name: util, namespace: util, executable: ./tap.sh, commands: {go: -c true}}
`;
const catalog = JSON.stringify({
  streams: ['orders', 'people'].map((name) => ({
    tap_stream_id: name,
    stream: name,
    schema: { properties: { id: {}, updated_at: {}, secret: {} } },
    metadata: ['id', 'updated_at', 'secret'].map((property) => ({
      breadcrumb: ['properties', property],
      metadata: {},
    })),
  })),
});

async function project(): Promise<TestProject> {
  const made = await testProject({
    'meltano.yml': yml,
    '.env': 'TAP_A_PASSWORD=hunter2-secret\n',
    'tap.sh': '#!/bin/sh\ntouch started\nif [ "$3" = --discover ]; then cat fresh.json; fi\n',
    'fresh.json': catalog,
  });
  await chmod(join(made.folder, 'tap.sh'), 0o755);
  return made;
}

const dryRun = async (made: TestProject, ...args: readonly string[]) =>
  (await meltanoOk(['run', '--dry-run', ...args, 'tap-a', 'target-b', 'util:go'], { cwd: made.folder }))
    .stdout;

it('nothing known yet: settings that are not as by default, and where they come from', async () => {
  await using made = await project();
  const stdout = await dryRun(made);
  expect(stdout).toContain('Plan for environment dev\n1/2  tap-a target-b\n');
  expect(stdout).toContain('\ntap-a target-b\n  state: none yet, everything is read\n');
  expect(stdout).toContain('  streams: found out when the run starts');
  expect(stdout).toMatch(/ {2}tap-a: starts \/.*tap\.sh\n/);
  expect(stdout).toMatch(/ {4}host +'db\.internal' +from `meltano\.yml` \(meltano\.yml:12\)\n/);
  expect(stdout).toMatch(/ {4}password +\(redacted\) +from the TAP_A_PASSWORD variable in `\.env`\n/);
  expect(stdout).toMatch(/ {4}token +\(from exec: touch called\)/);
  expect(stdout).not.toMatch(/^ {4}port/m);
  expect(stdout).not.toContain('hunter2');
  expect(stdout).toContain('    _metadata ');
  expect(stdout).not.toContain('_metadata.orders');
  expect(stdout).toContain('  target-b: not installed\n');
  expect(stdout).toMatch(/\nutil:go\n {2}util: starts/);
  for (const name of ['started', 'called']) expect(existsSync(join(made.folder, name)), name).toBe(false);
});

it('where state stands, and what is selected of the cached catalog', async () => {
  await using made = await project();
  const cwd = made.folder;
  const bookmarks = {
    orders: { replication_key: 'updated_at', replication_key_value: '2026-11-26T08:59:58Z' },
    people: { page: 3 },
    visits: {},
  };
  const state = JSON.stringify({ singer_state: { bookmarks } });
  await meltanoOk(['state', 'set', '--force', 'dev:tap-a-to-target-b', state], { cwd });
  const fresh = await dryRun(made, '--refresh-catalog');
  expect(existsSync(join(cwd, 'started'))).toBe(true);
  const { rm } = await import('node:fs/promises');
  await rm(join(cwd, 'started'));
  const cached = await dryRun(made);
  expect(cached).toBe(fresh);
  expect(cached).toContain(`  state: continues from
    orders  updated_at 2026-11-26T08:59:58Z
    people  {"page":3}
    visits  no bookmark
  streams: 1 of 2 selected
    orders  2 of 3 columns  incremental by updated_at
`);
  expect(existsSync(join(cwd, 'started'))).toBe(false);
  expect(await dryRun(made, '--full-refresh')).toContain('  state: not read (full refresh)\n');
  expect(await dryRun(made, '--no-state-update')).not.toContain('  state:');
});

it('what cannot be told is said, and the rest still is', async () => {
  await using made = await project();
  const { stdout } = await meltanoOk(['run', '--dry-run', 'tap-a', 'target-b'], {
    cwd: made.folder,
    env: { TAP_A_PORT: 'x', MELTANO_STATE_BACKEND_URI: 'nowhere://x' },
  });
  expect(stdout).toContain('  state: cannot be read: ');
  expect(stdout).toMatch(/settings cannot be told: Setting 'port'/);
  expect(stdout).toContain('target-b: not installed');
});
