import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
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

const stand = resolve(import.meta.dirname, '../../engine/fixtures/bin/container-program-records.mjs');
const yml = `project_id: 6ad4cb0a-8f0c-4e68-9b0b-2f3f9c5a9d10
plugins:
  utilities:
  - name: util
    namespace: util
    executable: ./util.sh
    settings:
    - {name: token, sensitive: true}
    config: {token: very-hidden-token}
    commands:
      start:
        args: start
        container_spec:
          image: some/image:1
          command: serve --all
          ports: {'8080': 80/tcp}
          volumes: ['$MELTANO_PROJECT_ROOT/data:/data', './more:/more']
          env: {SPEED: fast, HOME: /root}
      plain: plain
`;
let project: TestProject;
let child: ChildProcess | undefined;
const file = (name: string) => join(project.folder, name);

beforeEach(async () => {
  project = await testProject({
    'meltano.yml': yml,
    'util.sh': '#!/bin/sh\n',
    [`bin/docker -> ${stand}`]: '',
    [`bin/podman -> ${stand}`]: '',
  });
});
afterEach(async () => {
  child?.kill('SIGKILL');
  child = undefined;
  await project[Symbol.asyncDispose]();
});

const env = (more: Readonly<Record<string, string>> = {}) => ({
  RECORD: file('calls'),
  PATH: [file('bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
  ...more,
});

const invoke = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  meltano(['invoke', '--containers', ...args], { cwd: project.folder, env: env(more) });

interface Call {
  readonly verb: string;
  readonly args: readonly string[];
  readonly [fact: string]: unknown;
}

function calls(): readonly Call[] {
  if (!existsSync(file('calls'))) return [];
  return readFileSync(file('calls'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Call);
}

it('runs the command in the container; output and exit code are the container’s', async () => {
  const { code, stdout, stderr } = await invoke(
    ['--print-var=SPEED', '--print-var=UTIL_TOKEN', 'util:start'],
    {
      RUN_CODE: '7',
    },
  );
  expect(code).toBe(7);
  expect(stdout).toBe('SPEED=None\nUTIL_TOKEN=very-hidden-token\nfrom the container\n');
  expect(stderr).toContain('complaint of the container');
  expect(stderr).toContain('Running command in container');
  const [first, run] = calls();
  expect(first?.verb).toBe('version');
  expect(run?.args.filter((arg) => !arg.startsWith('--env='))).toEqual([
    '--rm',
    '-i',
    expect.stringMatching(/^--name=meltano-util--start-[0-9a-f-]{36}$/),
    expect.stringMatching(/^--env-file=/),
    '--publish=0.0.0.0:8080:80/tcp',
    `--volume=${file('data')}:/data`,
    '--volume=./more:/more',
    'some/image:1',
    'serve',
    '--all',
  ]);
  expect(run?.['cwd']).toBe(project.folder);
});

it('hands values on beside the command line, and leaves no file with them behind', async () => {
  expect((await invoke(['util:start'])).code).toBe(0);
  const run = calls().find(({ verb }) => verb === 'run');
  expect(run?.args.join(' ')).not.toContain('very-hidden-token');
  expect(run?.['env']).toMatchObject({ UTIL_TOKEN: 'very-hidden-token', SPEED: 'fast' });
  expect(run?.['env']).not.toHaveProperty('PATH');
  expect(run).toMatchObject({ file: 'HOME=/root\n', mode: '600' });
  expect(readdirSync(file('.meltano/run/util'))).toEqual([]);
});

it('another program can be named', async () => {
  const none = await invoke(['util:start'], { MELTANO_CONTAINER_PROGRAM: 'nerdctl' });
  expect(none.code).not.toBe(0);
  expect(none.stderr).toContain("The program 'nerdctl', which starts containers, could not be found");
  expect(none.stderr).toContain('meltano invoke util:start');
  expect((await invoke(['util:start'], { MELTANO_CONTAINER_PROGRAM: 'podman' })).code).toBe(0);
});

it('an engine that does not answer is told, with its own words, and nothing is started', async () => {
  const { code, stderr } = await invoke(['util:start'], { ENGINE: 'down' });
  expect(code).toBe(1);
  expect(stderr).toContain('The container engine does not answer: `docker version` failed');
  expect(stderr).toContain('Cannot connect to the engine at unix:///run/engine.sock');
  expect(calls()).toEqual([]);
});

it('a command without a container runs outside of one; further arguments are told to have no effect', async () => {
  const { stderr } = await invoke(['util:plain']);
  expect(stderr).toContain("'util:plain' has no container_spec and runs outside of a container");
  expect(calls()).toEqual([]);
  expect((await invoke(['util:start', 'more'])).stderr).toContain(
    'Arguments are not handed on to a container',
  );
});

async function startAndWait(ends: 'stop' | 'kill' | 'SIGTERM', more: Readonly<Record<string, string>> = {}) {
  const started = spawn(meltanoProgram, ['invoke', '--containers', 'util:start'], {
    cwd: project.folder,
    env: { ...cleanEnv(project.folder), ...env({ RUN_UNTIL: ends, ...more }) },
    stdio: 'ignore',
  });
  child = started;
  await until(() => calls().some(({ verb }) => verb === 'run'), 'the container', 20_000);
  return { started, ended: once(started, 'close') };
}

const verbs = () => calls().map(({ verb }) => verb);

it.each(['SIGTERM', 'SIGINT'] as const)('%s stops the container', async (signal) => {
  const { started, ended } = await startAndWait('stop');
  started.kill(signal);
  expect(await ended).toEqual([143, null]);
  const stop = calls().find(({ verb }) => verb === 'stop');
  expect(`--name=${stop?.args[0]}`).toBe(calls()[1]?.args[2]);
  expect(verbs()).toEqual(['version', 'run', 'stop']);
});

it('the second signal kills it', async () => {
  const { started, ended } = await startAndWait('kill');
  started.kill('SIGTERM');
  await until(() => verbs().includes('stop'), 'stop', 20_000);
  started.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
  expect(verbs()).toEqual(['version', 'run', 'stop', 'kill']);
});

it('while there is no container as yet, the signal ends the program that fetches its image', async () => {
  const { started, ended } = await startAndWait('SIGTERM', { ENGINE: 'fetching' });
  started.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
  expect(verbs()).toEqual(['version', 'run', 'stop', 'SIGTERM']);
});

it('the program is killed when it stays although its container was stopped', async () => {
  const { started, ended } = await startAndWait('kill');
  started.kill('SIGTERM');
  expect(await ended).toEqual([247, null]);
  expect(verbs()).toEqual(['version', 'run', 'stop', 'SIGTERM']);
}, 60_000);

it('a variable that only a file can carry has one line', async () => {
  await writeFile(file('meltano.yml'), yml.replace('HOME: /root', 'HOME: "a\\nb"'));
  const { code, stderr } = await invoke(['util:start']);
  expect(code).toBe(1);
  expect(stderr).toContain("The variable 'HOME' of a `container_spec` cannot have several lines");
  expect(verbs()).toEqual(['version']);
});
