import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../engine/test/support/until.ts';
import {
  cleanEnv,
  meltano,
  meltanoProgram,
  type TestProject,
  testProject,
} from './support/meltano-program.ts';

const fixtures = resolve(import.meta.dirname, '../../engine/fixtures/bin');
let project: TestProject;
const started: ChildProcess[] = [];
const file = (name: string) => join(project.folder, name);

beforeEach(async () => {
  project = await testProject({});
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const pid of alive()) process.kill(pid, 'SIGKILL');
  await project[Symbol.asyncDispose]();
});

/** Numbers of the processes that said who they are, as far as they live. */
function alive(): readonly number[] {
  if (!existsSync(file('pids'))) return [];
  const pids = readFileSync(file('pids'), 'utf8').split('\n').filter(Boolean).map(Number);
  return pids.filter((pid) => existsSync(`/proc/${pid}/exe`));
}

function program(name: string, text: string): string {
  writeFileSync(file(name), text);
  chmodSync(file(name), 0o755);
  return file(name);
}

const env = () => ({
  ...cleanEnv(project.folder),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
});

function start(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const child = spawn(meltanoProgram, args, {
    cwd: project.folder,
    env: { ...env(), ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return {
    child,
    stderr: () => stderr,
    ended: once(child, 'close').then(([code, signal]) => ({ code, signal })),
  };
}

const projectStart = `default_environment: dev
project_id: 6ad4cb0a-8f0c-4e68-9b0b-2f3f9c5a9d10
environments: [{name: dev}]
run: {grace_seconds: 300}
plugins:
`;

/** An installer that never comes to an end, with a child of its own, as uv has compilers. */
function startInstall(...args: readonly string[]) {
  const uv = program(
    'uv',
    `#!/bin/sh\nsleep 1000 &\necho $! >> ${file('pids')}\necho $$ >> ${file('pids')}\nwait\n`,
  );
  writeFileSync(
    file('meltano.yml'),
    `${projectStart}  extractors:\n  - {name: tap-t, namespace: tap_t, pip_url: tap-t}\n  - {name: tap-u, namespace: tap_u, pip_url: tap-u}\n`,
  );
  return start(args, { MELTANO_UV: uv });
}

it.each([
  ['SIGINT', 1],
  ['SIGTERM', 143],
] as const)('%s ends an installation and its installers', async (signal, code) => {
  const run = startInstall('install', '--parallelism=1');
  await until(() => alive().length === 2, 'the installer');
  run.child.kill(signal);
  expect(await run.ended).toEqual({ code, signal: null });
  expect(run.stderr()).toContain('The installation was stopped');
  expect(alive()).toEqual([]);
  // The second plugin was not begun.
  expect(readFileSync(file('pids'), 'utf8').trim().split('\n')).toHaveLength(2);
});

it('an installation that waits for another one can be stopped; killing the other ends its installer', async () => {
  const first = startInstall('install', 'tap-t');
  await until(() => alive().length === 2, 'the installer');
  const second = start(['install', 'tap-t'], { MELTANO_UV: file('uv') });
  await until(() => second.stderr().includes('another process'), 'the second to wait');
  second.child.kill('SIGINT');
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(alive()).toHaveLength(2);
  first.child.kill('SIGKILL');
  await first.ended;
  await until(() => alive().length === 0, 'the installer to be gone');
});

const stubborn = () => `#!/bin/sh
trap 'echo TERM >> ${file('got')}' TERM
trap '' INT
echo $$ >> ${file('pids')}
while :; do sleep 0.1; done
`;

it('a plugin that ignores SIGTERM is killed by the second one', async () => {
  const path = program('stubborn', stubborn());
  writeFileSync(
    file('meltano.yml'),
    `${projectStart}  utilities:\n  - {name: u, namespace: u, executable: ${path}}\n`,
  );
  const run = start(['invoke', 'u']);
  await until(() => alive().length === 1, 'the plugin');
  run.child.kill('SIGTERM');
  await until(() => existsSync(file('got')), 'the first SIGTERM to arrive');
  expect(alive()).toHaveLength(1);
  run.child.kill('SIGTERM');
  expect(await run.ended).toEqual({ code: 256 - 9, signal: null });
  expect(alive()).toEqual([]);
});

it('invoke that is killed with -9 takes its plugin along, and its files', async () => {
  // A name like this must not confuse whoever looks the process up.
  const path = program('a (b) c', stubborn());
  writeFileSync(
    file('meltano.yml'),
    `${projectStart}  extractors:\n  - {name: tap-t, namespace: tap_t, executable: '${path}', capabilities: [catalog, state, properties], config: {a: b}}\n`,
  );
  const folder = file('.meltano/run/tap-t');
  const run = start(['invoke', 'tap-t', '--x']);
  await until(() => alive().length === 1, 'the plugin');
  expect(readdirSync(folder).some((name) => name.endsWith('.config.json'))).toBe(true);
  run.child.kill('SIGKILL');
  await run.ended;
  await until(() => alive().length === 0, 'the plugin to be gone');
  await until(() => readdirSync(folder).every((name) => !/[0-9a-f]{8}-/.test(name)), 'the files to be gone');
});

it('a run that is killed with -9 leaves no catalog and no state of its own', async () => {
  writeFileSync(file('catalog.json'), '{"streams": []}');
  writeFileSync(
    file('meltano.yml'),
    `${projectStart}  extractors:
  - {name: tap-t, namespace: tap_t, executable: ${fixtures}/tap-forever.mjs, capabilities: [state, catalog], catalog: catalog.json, config: {pid_file: ${file('pids')}}}
  loaders:
  - {name: target-t, namespace: target_t, executable: ${fixtures}/target-collects.mjs, config: {path: out, pid_file: ${file('pids')}}}
`,
  );
  const own = () => readdirSync(file('.meltano/run/tap-t')).filter((name) => /[0-9a-f]{8}-/.test(name));
  await meltano(
    [
      'state',
      'set',
      '--force',
      'dev:tap-t-to-target-t',
      '{"singer_state": {"bookmarks": {"rows": {"id": 5}}}}',
    ],
    { cwd: project.folder, env: env() },
  );
  const run = start(['run', 'tap-t', 'target-t']);
  await until(() => alive().length === 2, 'the plugins');
  expect(
    own()
      .map((name) => name.replace(/[0-9a-f-]{36}/, 'ID'))
      .sort(),
  ).toEqual(['state.ID.json', 'tap.ID.config.json', 'tap.ID.properties.json']);
  run.child.kill('SIGKILL');
  await run.ended;
  await until(() => own().length === 0, 'the files to be gone');
});

it('the second Ctrl-C kills a discovery, and says something else than the first', async () => {
  const path = program('stubborn', stubborn());
  writeFileSync(
    file('meltano.yml'),
    `${projectStart}  extractors:
  - {name: tap-t, namespace: tap_t, executable: ${path}, capabilities: [catalog, discover]}
  loaders:
  - {name: target-t, namespace: target_t, executable: ${fixtures}/target-collects.mjs, config: {path: out}}
`,
  );
  const run = start(['run', 'tap-t', 'target-t']);
  await until(() => alive().length === 1, 'the discovery');
  run.child.kill('SIGINT');
  await until(() => run.stderr().includes('press Ctrl-C again'), 'the answer');
  run.child.kill('SIGINT');
  expect(await run.ended).toEqual({ code: 1, signal: null });
  expect(run.stderr().match(/press Ctrl-C again/g)).toHaveLength(1);
  expect(alive()).toEqual([]);
});

it('a program whose threads still compute ends all the same, with its exit code', async () => {
  const cli = resolve(import.meta.dirname, '../src/cli.ts');
  writeFileSync(
    file('busy.ts'),
    `import { pbkdf2 } from 'node:crypto';
for (let count = 0; count < 4; count += 1) pbkdf2('a', 'b', 2_000_000_000, 64, 'sha512', () => {});
const { main } = await import(${JSON.stringify(cli)});
await main(process);
`,
  );
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--conditions=meltano-source',
      file('busy.ts'),
      'no-such-command',
    ],
    { cwd: project.folder, env: env(), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  started.push(child);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(stderr).toContain('no-such-command');
});

it('a catalog file that is no JSON: the file, the line and the column are told', async () => {
  writeFileSync(file('bad.json'), '{\n  "streams": [\n    {"stream": oops}\n  ]\n}\n');
  writeFileSync(
    file('meltano.yml'),
    `${projectStart}  extractors:
  - {name: tap-t, namespace: tap_t, executable: ${fixtures}/tap-discovers.mjs, capabilities: [catalog, discover]}
  loaders:
  - {name: target-t, namespace: target_t, executable: ${fixtures}/target-collects.mjs, config: {path: out}}
`,
  );
  const { code, stderr } = await meltano(['el', 'tap-t', 'target-t', '--catalog', 'bad.json'], {
    cwd: project.folder,
    env: env(),
  });
  expect(code).toBe(1);
  expect(stderr).toContain('bad.json is not JSON at line 3, column 16');
  expect(stderr).not.toContain('printed');
});

it('a run that was killed outright has a report and a log, whoever asks first', async () => {
  writeFileSync(
    file('meltano.yml'),
    `${projectStart}  extractors:
  - {name: tap-t, namespace: tap_t, executable: ${fixtures}/tap-forever.mjs, capabilities: [state], config: {pid_file: ${file('pids')}}}
  loaders:
  - {name: target-t, namespace: target_t, executable: ${fixtures}/target-collects.mjs, config: {path: ${file('out')}}}
`,
  );
  const ask = (...args: readonly string[]) => meltano(args, { cwd: project.folder });
  const run = start(['run', 'tap-t', 'target-t']);
  const report = async () => JSON.parse((await ask('runs', 'list', '--format=json')).stdout).runs[0];
  await until(async () => (await report())?.blocks[0].statesStored > 0, 'a state to be stored');
  const { runId, status } = await report();
  expect(status).toBe('running');
  expect((await ask('runs', 'show')).stdout).toContain(`Run ${runId} is under way.`);
  run.child.kill('SIGKILL');
  await run.ended;
  expect((await ask('runs', 'list')).stdout).toMatch(/^killed /m);
  const shown = await ask('runs', 'show', runId);
  expect(shown.stdout).toContain('it was killed, or its machine stopped');
  expect(shown.stdout).toMatch(/^Run .* was killed after /m);
  expect((await ask('runs', 'logs', runId)).stdout).toContain('Incremental state has been updated');
  expect((await ask('logs', 'list')).stdout).toContain('FAIL');
  expect((await ask('doctor')).stdout).toContain('none is running');
});
