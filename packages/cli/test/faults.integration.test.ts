import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { openSystemDatabase } from '@meltano/engine/system/system-database';
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
const stateId = 'dev:tap-t-to-target-t';

function projectFile(tap: string, target: string, config: Record<string, unknown> = {}, more = ''): string {
  return `default_environment: dev
project_id: 6ad4cb0a-8f0c-4e68-9b0b-2f3f9c5a9d10
environments: [{name: dev}]
run: {grace_seconds: 3}
plugins:
  extractors:
  - {name: tap-t, namespace: tap_t, executable: ${fixtures}/${tap}.mjs, capabilities: [state], config: ${JSON.stringify(config)}}
  loaders:
  - {name: target-t, namespace: target_t, executable: ${fixtures}/${target}.mjs, config: {path: out, pid_file: pids}}
${more}`;
}

let project: TestProject;
const env = () => ({
  ...cleanEnv(project.folder),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
});
const file = (name: string) => join(project.folder, name);
const read = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');

beforeEach(async () => {
  project = await testProject({});
});
afterEach(() => project[Symbol.asyncDispose]());

function start(...args: string[]) {
  const child = spawn(meltanoProgram, args, {
    cwd: project.folder,
    env: env(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  return { child, ended, stderr: () => stderr };
}

const run = (...args: string[]) =>
  meltano(['run', ...args, 'tap-t', 'target-t'], { cwd: project.folder, env: env() });
const idOfState = async () => {
  const { stdout } = await meltano(['state', 'get', stateId], { cwd: project.folder, env: env() });
  return JSON.parse(stdout).singer_state?.bookmarks?.rows?.id as number | undefined;
};
const pids = () => read('pids').split('\n').filter(Boolean).map(Number);
const alive = () => pids().filter((pid) => existsSync(`/proc/${pid}/exe`));
const recordIds = () =>
  read('out')
    .split('\n')
    .flatMap((line) => {
      const id = /"record":\s*\{"id":\s*(\d+)/.exec(line)?.[1];
      return id === undefined ? [] : [Number(id)];
    });

it('Ctrl-C in the middle: the target finishes, its last state is stored, exit code 1, nobody is left', async () => {
  writeFileSync(file('meltano.yml'), projectFile('tap-forever', 'target-collects', { pid_file: 'pids' }));
  const first = start('run', 'tap-t', 'target-t');
  await until(() => recordIds().length > 20, 'some records');
  first.child.kill('SIGINT');
  expect(await first.ended).toEqual({ code: 1, signal: null });
  expect(read('out')).toContain('END');
  expect(await idOfState()).toBe(recordIds().at(-1));
  expect(alive()).toEqual([]);
  const rows = JSON.parse(
    (await meltano(['logs', 'list', '--format', 'json'], { cwd: project.folder, env: env() })).stdout,
  );
  expect(rows.runs[0]).toMatchObject({ state: 'FAIL', job_name: stateId });
});

it('SIGTERM: the same, with exit code 143', async () => {
  writeFileSync(file('meltano.yml'), projectFile('tap-forever', 'target-collects', { pid_file: 'pids' }));
  const first = start('run', 'tap-t', 'target-t');
  await until(() => recordIds().length > 20, 'some records');
  first.child.kill('SIGTERM');
  expect(await first.ended).toEqual({ code: 143, signal: null });
  expect(await idOfState()).toBe(recordIds().at(-1));
  expect(alive()).toEqual([]);
});

it('killed with -9: nobody is left, the next run starts at once and loses nothing', async () => {
  writeFileSync(file('meltano.yml'), projectFile('tap-forever', 'target-collects', { pid_file: 'pids' }));
  const first = start('run', 'tap-t', 'target-t');
  await until(() => recordIds().length > 20, 'some records');
  first.child.kill('SIGKILL');
  await first.ended;
  await until(() => alive().length === 0, 'the plugins to be gone');
  const second = start('run', 'tap-t', 'target-t');
  const before = recordIds().length;
  await until(() => recordIds().length > before + 20, 'more records');
  second.child.kill('SIGINT');
  await second.ended;
  const ids = new Set(recordIds());
  const last = Math.max(...ids);
  expect([...Array(last).keys()].filter((id) => !ids.has(id + 1))).toEqual([]);
  expect(second.stderr()).not.toContain('already running');
  // Read as it lies there: the command that lists runs would close the first one itself.
  const database = await openSystemDatabase({
    uri: 'sqlite:///.meltano/meltano.db',
    folder: project.folder,
  });
  const reports = await database.reports.list();
  await database.close();
  expect(reports.map((report) => report.status)).toEqual(['interrupted', 'killed']);
});

it('two runs of one state id at once: the second is refused and says who runs', async () => {
  writeFileSync(file('meltano.yml'), projectFile('tap-forever', 'target-collects', { pid_file: 'pids' }));
  const first = start('run', 'tap-t', 'target-t');
  await until(() => recordIds().length > 0, 'the first run');
  const second = await run();
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`Another '${stateId}' pipeline is already running`);
  first.child.kill('SIGINT');
  await first.ended;
});

it('a tap that fails after some records: what it sent is loaded, and the reason is told', async () => {
  writeFileSync(file('meltano.yml'), projectFile('tap-dies-after-3', 'target-collects'));
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toContain('Extractor failed');
  expect(recordIds()).toEqual([1, 2, 3]);
});

it('a log that nobody reads any more, or that cannot be written, does not end the run', async () => {
  writeFileSync(file('meltano.yml'), projectFile('tap-rows', 'target-collects', { rows: 200 }));
  for (const redirection of ['2>&1 | head -1', '2>/dev/full']) {
    rmSync(file('out'), { force: true });
    const command = `${meltanoProgram} run --full-refresh tap-t target-t ${redirection}`;
    const { status } = spawnSync('bash', ['-c', `${command}; exit \${PIPESTATUS[0]}`], {
      cwd: project.folder,
      env: env(),
    });
    expect(status, redirection).toBe(0);
    expect(recordIds(), redirection).toHaveLength(200);
  }
  const { stdout } = await meltano(['runs', 'list', '--format', 'json'], { cwd: project.folder, env: env() });
  expect(JSON.parse(stdout).runs.map((each: { status: string }) => each.status)).toEqual([
    'succeeded',
    'succeeded',
  ]);
});

it('results that cannot be written fail the command, in one line', async () => {
  writeFileSync(file('meltano.yml'), projectFile('tap-rows', 'target-collects'));
  const { status, stderr } = spawnSync('bash', ['-c', `${meltanoProgram} config print tap-t > /dev/full`], {
    cwd: project.folder,
    env: env(),
  });
  expect(status).toBe(1);
  expect(stderr.toString()).toMatch(/Error: Standard output cannot be written/);
  expect(stderr.toString()).not.toMatch(/\n\s+at /);
});

it('a target that fails', async () => {
  writeFileSync(file('meltano.yml'), projectFile('tap-forever', 'target-dies', { pid_file: 'pids' }));
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toContain('Loader failed');
  expect(alive()).toEqual([]);
});

it('a target that never reads: the time limit ends it', async () => {
  writeFileSync(file('meltano.yml'), projectFile('tap-forever', 'target-never-reads', { pid_file: 'pids' }));
  const { code, stderr } = await run('--timeout=2');
  expect(code).toBe(1);
  expect(stderr).toContain('Run timed out');
  await until(() => alive().length === 0, 'the plugins to be gone');
});

it('the json log format gives one object per line and nothing else', async () => {
  writeFileSync(file('meltano.yml'), projectFile('tap-dies-after-3', 'target-collects'));
  const { stderr, stdout } = await meltano(['--log-format=json', 'run', 'tap-t', 'target-t'], {
    cwd: project.folder,
    env: env(),
  });
  expect(stdout).toBe('');
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.at(-1)).toMatchObject({ event: 'Run completed', status: 'failure', level: 'info' });
  expect(events.find((each) => each.event === 'Block run completed')).toMatchObject({
    success: false,
    err: 'Extractor failed',
    block_type: 'ExtractLoadBlocks',
    set_number: 0,
    exit_codes: { extractors: 1 },
  });
});

const canMount =
  process.getuid?.() === 0 && process.platform === 'linux' && spawnSync('mount', ['--version']).status === 0;
if (!canMount) process.stderr.write('SKIPPED a full disk: only root can make a small file system\n');

it.skipIf(!canMount)(
  'a full disk: the run fails with the reason, and goes on when there is room again',
  async () => {
    const disk = mkdtempSync(join(tmpdir(), 'meltano-full-disk-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]);
    if (mounted.status !== 0) {
      rmSync(disk, { recursive: true });
      process.stderr.write('SKIPPED a full disk: this machine does not let a file system be mounted\n');
      return;
    }
    try {
      writeFileSync(file('meltano.yml'), projectFile('tap-rows', 'target-collects', { rows: 50 }));
      const here = { ...env(), MELTANO_SYS_DIR_ROOT: join(disk, 'sys') };
      const onDisk = (...args: string[]) => meltano(args, { cwd: project.folder, env: here });
      expect((await onDisk('run', 'tap-t', 'target-t')).code).toBe(0);
      spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=4096'], { stdio: 'ignore' });
      const full = await onDisk('run', 'tap-t', 'target-t');
      expect(full.code).toBe(1);
      expect(full.stderr).toMatch(/no space|disk is full|ENOSPC/i);
      rmSync(join(disk, 'filler'));
      expect((await onDisk('run', 'tap-t', 'target-t')).code).toBe(0);
      expect((await onDisk('state', 'get', stateId)).stdout).toContain('bookmarks');
    } finally {
      execFileSync('umount', ['-l', disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  },
);

it('a program that may not be executed: what to type, unless its permission is not what it lacks', async () => {
  writeFileSync(file('tap.sh'), '#!/bin/sh\n');
  const invoke = async (executable: string) => {
    const entry = `{name: tap-t, namespace: tap_t, executable: ${executable}}`;
    writeFileSync(
      file('meltano.yml'),
      `default_environment: dev\nenvironments: [{name: dev}]\nplugins: {extractors: [${entry}]}\n`,
    );
    return (await meltano(['invoke', 'tap-t', '--help'], { cwd: project.folder, env: env() })).stderr;
  };
  expect(await invoke('./tap.sh')).toContain(`fix: chmod +x ${file('tap.sh')}`);
  mkdirSync(file('folder'));
  const folder = await invoke('./folder');
  expect(folder).toContain('may not be executed');
  expect(folder).not.toContain('chmod');
});

it('a required setting of a connector in this program: the command that sets it, wherever it is missed', async () => {
  writeFileSync(
    file('meltano.yml'),
    `default_environment: dev
environments: [{name: dev}]
plugins:
  extractors:
  - {name: tap-projects, namespace: tap_projects, npm_package: '@meltano/connector-linear', executable: tap-linear}
  loaders:
  - {name: target-t, namespace: target_t, executable: ${fixtures}/target-collects.mjs, config: {path: out}}
`,
  );
  for (const args of [
    ['config', 'test', 'tap-projects'],
    ['preview', 'tap-projects'],
    ['select', 'tap-projects', '--list'],
    ['run', 'tap-projects', 'target-t'],
  ]) {
    const { stderr } = await meltano(args, { cwd: project.folder, env: env() });
    expect(stderr, args.join(' ')).toContain('fix: meltano config set tap-projects auth_token <value>');
  }
});
