import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  cleanEnv,
  meltano,
  meltanoOk,
  meltanoProgram,
  type TestProject,
  testProject,
} from './support/meltano-program.ts';

const yml = `environments: [{name: dev}, {name: prod}]
jobs: [{name: nightly, tasks: [tap-a target-b]}]
schedules: [{name: each-night, job: nightly, interval: '@daily'}]
plugins:
  extractors: [{name: tap-a, namespace: tap_a, executable: tap-a, settings: [{name: port}, {name: password}]}]
  loaders: [{name: target-b, namespace: target_b, executable: target-b}]
  mappers: [{name: mapper, namespace: mapper, executable: mapper, mappings: [{name: hide-names, config: {}}]}]
  utilities: [{name: util, namespace: util, executable: /bin/sh, commands: {test-it: -c true, sweep: -c true}}]
`;

let project: TestProject;
beforeAll(async () => {
  project = await testProject({ 'meltano.yml': yml });
  await meltanoOk(
    ['--no-environment', 'state', 'set', '--force', 'dev:tap-a-to-target-b', '{"singer_state": {}}'],
    {
      cwd: project.folder,
    },
  );
});
afterAll(() => project[Symbol.asyncDispose]());

/** As readline fills the words and calls the function; the answer is what bash offers. */
async function bash(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `set -e
eval "$(_MELTANO_COMPLETE=bash_source meltano)"
complete -p meltano >&2
COMP_WORDS=(${quoted})
COMP_CWORD=${words.length - 1}
_meltano_complete meltano
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-c', script], {
    cwd: project.folder,
    env: {
      ...cleanEnv(project.folder),
      PATH: `${dirname(meltanoProgram)}:${process.env['PATH'] ?? ''}`,
      ...env,
    },
  });
  expect(stderr).toContain('_meltano_complete');
  return stdout.split('\n').filter((line) => line !== '');
}

it('commands, options and choices in a real bash', async () => {
  expect(await bash(['meltano', 'sta'])).toEqual(['state']);
  expect(await bash(['meltano', 'run', '--state-s'])).toEqual(['--state-strategy']);
  expect(await bash(['meltano', 'run', '--state-strategy', ''])).toEqual(['auto', 'merge', 'overwrite']);
  expect(await bash(['meltano', 'run', '--state-strategy', '=', 'me'])).toEqual(['merge']);
});

it('names of the project, where bash breaks words at colons, too', async () => {
  expect(await bash(['meltano', 'run', ''])).toEqual([
    'nightly',
    'tap-a',
    'target-b',
    'util',
    'hide-names',
    'util:test-it',
    'util:sweep',
  ]);
  expect(await bash(['meltano', 'invoke', 'util', ':', 's'])).toEqual(['sweep']);
  expect(await bash(['meltano', 'test', ''])).toEqual(['util', 'util:test-it']);
  expect(await bash(['meltano', '--environment', 'p'])).toEqual(['prod']);
  expect(await bash(['meltano', '--environment', '=', 'p'])).toEqual(['prod']);
  expect(await bash(['meltano', 'schedule', 'run', ''])).toEqual(['each-night']);
  expect(await bash(['meltano', 'job', 'remove', 'n'])).toEqual(['nightly']);
  expect(await bash(['meltano', 'config', 'set', 'tap-a', 'p'])).toEqual(['port', 'password']);
  expect(await bash(['meltano', 'state', 'get', 'dev', ':', ''])).toEqual(['tap-a-to-target-b']);
});

it('ids of runs, the newest first', async () => {
  const id = (last: number) => `01a216b3-e113-74e9-a199-409ba77c62f${last}`;
  for (const last of [1, 2])
    await meltanoOk(['--environment=dev', 'run', `--run-id=${id(last)}`, 'util:test-it'], {
      cwd: project.folder,
    });
  for (const command of [
    ['runs', 'show'],
    ['runs', 'logs'],
    ['logs', 'show'],
  ])
    expect(await bash(['meltano', ...command, '']), command.join(' ')).toEqual([id(2), id(1)]);
  expect(await bash(['meltano', 'runs', 'show', id(1).slice(0, 35)])).toHaveLength(2);
});

it('other shells, and a folder without a project', async () => {
  const ask = (env: Record<string, string>, cwd = project.folder) => meltano([], { cwd, env });
  const zsh = await ask({ _MELTANO_COMPLETE: 'zsh_complete', COMP_WORDS: 'meltano state', COMP_CWORD: '1' });
  expect(zsh.stdout).toBe('plain\nstate\nManage Singer state\n');
  const names = await ask({
    _MELTANO_COMPLETE: 'zsh_complete',
    COMP_WORDS: 'meltano test ',
    COMP_CWORD: '2',
  });
  expect(names.stdout).toBe('plain\nutil\n_\nplain\nutil:test-it\n_\n');
  const fish = await ask({
    _MELTANO_COMPLETE: 'fish_complete',
    COMP_WORDS: 'meltano sta',
    COMP_CWORD: 'sta',
  });
  expect(fish.stdout).toBe('plain,state\tManage Singer state\n');
  for (const shell of ['zsh', 'fish']) {
    const { code, stdout } = await ask({ _MELTANO_COMPLETE: `${shell}_source` });
    expect(code).toBe(0);
    expect(stdout).toContain(`_MELTANO_COMPLETE=${shell}_complete`);
  }
  await using empty = await testProject({ 'x.txt': '' });
  const none = await ask(
    { _MELTANO_COMPLETE: 'bash_complete', COMP_WORDS: 'meltano run ', COMP_CWORD: '2' },
    empty.folder,
  );
  expect(none).toEqual({ code: 0, stdout: '', stderr: '' });
  expect((await ask({ _MELTANO_COMPLETE: 'nonsense' })).code).toBe(1);
});

it('changes nothing in a project that was never used', async () => {
  await using fresh = await testProject({ 'meltano.yml': yml });
  const { readdir } = await import('node:fs/promises');
  const env = { _MELTANO_COMPLETE: 'bash_complete', COMP_WORDS: 'meltano state get ', COMP_CWORD: '3' };
  const { stdout } = await meltano([], { cwd: fresh.folder, env });
  expect(stdout).toBe('');
  expect((await readdir(fresh.folder, { recursive: true })).filter((name) => name.endsWith('.db'))).toEqual(
    [],
  );
});
