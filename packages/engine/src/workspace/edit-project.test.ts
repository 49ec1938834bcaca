import { chmodSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import type { ProjectChange } from '@meltano/project/edit/project-change';
import { describe, expect, test } from 'vitest';
import { testProject } from '../../test/support/test-project.ts';
import { editProject } from './edit-project.ts';

const main = `# mine
include_paths: [inc/*.yml]
env: {A: '1'}  # kept

plugins:
  extractors:
  - name: tap-a   # the first
    config: {x: "1"}
`;
const included = `# theirs
plugins:
  loaders:
  - name: target-b
    config:
      y: 2 # two
cli:
  log_level: debug
`;
const files = { 'meltano.yml': main, 'inc/b.yml': included };

const tapA = { kind: 'plugin', type: 'extractors', name: 'tap-a' } as const;
const targetB = { kind: 'plugin', type: 'loaders', name: 'target-b' } as const;

const edit = async (changes: readonly ProjectChange[]) => {
  using project = testProject(files);
  const workspace = await editProject(await project.open(), changes);
  return { main: project.read('meltano.yml'), included: project.read('inc/b.yml'), workspace };
};

describe('each change is made in the file that has its target', () => {
  test('a plugin of an included file', async () => {
    const result = await edit([{ kind: 'set', target: targetB, path: ['config', 'y'], value: 3 }]);
    expect(result.main).toBe(main);
    expect(result.included).toBe(included.replace('y: 2 #', 'y: 3 #'));
    expect(result.workspace.project.plugins.at(-1)?.config).toEqual({ y: 3 });
  });
  test('a setting where it stands, a new one in meltano.yml', async () => {
    const result = await edit([
      { kind: 'set', target: { kind: 'project' }, path: ['cli', 'log_level'], value: 'info' },
      { kind: 'set', target: { kind: 'project' }, path: ['python'], value: '3.10' },
    ]);
    expect(result.included).toBe(included.replace('debug', 'info'));
    expect(result.main).toBe(`${main}python: '3.10'\n`);
  });
  test('new elements go to meltano.yml', async () => {
    const result = await edit([
      {
        kind: 'add',
        target: { kind: 'plugin', type: 'loaders', name: 'target-c' },
        entry: { name: 'target-c' },
      },
      { kind: 'add', target: { kind: 'job', name: 'j' }, entry: { name: 'j', tasks: ['tap-a target-c'] } },
    ]);
    expect(result.main).toBe(
      `${main}  loaders:\n  - name: target-c\njobs:\n- name: j\n  tasks:\n  - tap-a target-c\n`,
    );
    expect(result.included).toBe(included);
  });
  test('removing the last plugin of a file leaves a file that Meltano can read', async () => {
    const result = await edit([
      { kind: 'remove', target: targetB },
      { kind: 'unset', target: { kind: 'project' }, path: ['cli', 'log_level'] },
    ]);
    expect(result.included).toBe('# theirs\n');
    const only = await edit([
      { kind: 'unset', target: { kind: 'project' }, path: ['cli'] },
      { kind: 'remove', target: targetB },
    ]);
    expect(only.included).toBe('# theirs\nplugins: {}\n');
    expect(only.main).toBe(main);
  });
  test('overrides of an environment are made where there are none', async () => {
    using project = testProject({ 'meltano.yml': 'environments:\n- name: dev  # d\n- name: prod\n' });
    const target = {
      kind: 'environment-plugin',
      environment: 'dev',
      type: 'extractors',
      name: 'tap-a',
    } as const;
    let workspace = await editProject(await project.open(), [
      { kind: 'set', target, path: ['config', 'a', 'b'], value: 1 },
    ]);
    const made =
      'environments:\n- name: dev  # d\n  config:\n    plugins:\n      extractors:\n      - name: tap-a\n        config:\n          a:\n            b: 1\n- name: prod\n';
    expect(project.read('meltano.yml')).toBe(made);
    workspace = await editProject(workspace, [{ kind: 'unset', target, path: ['config', 'a', 'b'] }]);
    expect(project.read('meltano.yml')).toBe(
      made.replace('        config:\n          a:\n            b: 1\n', ''),
    );
    await editProject(workspace, [
      { kind: 'unset', target: { ...target, name: 'tap-other' }, path: ['config'] },
    ]);
  });
});

describe('what cannot be changed', () => {
  test('a read-only project', async () => {
    using project = testProject({ ...files, '.env': 'MELTANO_PROJECT_READONLY=1\n' });
    await expect(editProject(await project.open(), [{ kind: 'remove', target: tapA }])).rejects.toMatchObject(
      {
        code: 'workspace.read_only',
        message: 'This Meltano project is deployed as read-only',
      },
    );
    expect(project.read('meltano.yml')).toBe(main);
  });
  test('nothing is written when the result would be no project, or a later change fails', async () => {
    using project = testProject(files);
    const workspace = await project.open();
    const good: ProjectChange = { kind: 'set', target: tapA, path: ['variant'], value: 'x' };
    const bad: readonly ProjectChange[] = [
      { kind: 'set', target: tapA, path: ['config'], value: 'text' },
      { kind: 'add', target: tapA, entry: { name: 'tap-a' } },
      { kind: 'set', target: { kind: 'environment', name: 'nope' }, path: ['env'], value: {} },
    ];
    for (const change of bad)
      await expect(editProject(workspace, [good, change])).rejects.toMatchObject({ code: /^project\./ });
    expect(project.read('meltano.yml')).toBe(main);
  });
});

test('files keep their mode and stay links, nothing else is left behind', async () => {
  using project = testProject({ 'real.yml': main.replace('include_paths: [inc/*.yml]\n', '') });
  symlinkSync('real.yml', project.path('meltano.yml'));
  chmodSync(project.path('real.yml'), 0o640);
  await editProject(await project.open(), [{ kind: 'set', target: tapA, path: ['variant'], value: 'x' }]);
  expect(project.read('real.yml')).toContain('variant: x');
  expect(statSync(project.path('real.yml')).mode & 0o777).toBe(0o640);
  expect(readdirSync(project.root).sort()).toEqual(['.meltano', 'meltano.yml', 'real.yml']);
  expect(readdirSync(project.path('.meltano/run'))).toEqual([]);
});

test('a change works on what the file says now, not on what was read before', async () => {
  using project = testProject(files);
  const early = await project.open();
  project.write('meltano.yml', main.replace('"1"', '"2"'));
  await editProject(early, [{ kind: 'set', target: tapA, path: ['variant'], value: 'x' }]);
  expect(project.read('meltano.yml')).toContain('{x: "2"}');
});

test('the lock of a dead process is taken over', async () => {
  using project = testProject(files);
  project.write(
    '.meltano/run/meltano.yml.lock.held',
    JSON.stringify({ pid: 2 ** 30, host: (await import('node:os')).hostname() }),
  );
  await editProject(await project.open(), [{ kind: 'set', target: tapA, path: ['variant'], value: 'x' }]);
  expect(project.read('meltano.yml')).toContain('variant: x');
});

test('a file with a byte order mark can be edited, and keeps it', async () => {
  using project = testProject({ ...files, 'meltano.yml': `\ufeff${main}`, 'inc/b.yml': `\ufeff${included}` });
  const workspace = await project.open();
  await editProject(workspace, [{ kind: 'set', target: tapA, path: ['config', 'x'], value: '9' }]);
  await editProject(workspace, [{ kind: 'set', target: targetB, path: ['config', 'y'], value: 3 }]);
  expect(project.read('meltano.yml')).toBe(`\ufeff${main.replace('x: "1"', "x: '9'")}`);
  expect(project.read('inc/b.yml')).toBe(`\ufeff${included.replace('y: 2', 'y: 3')}`);
});
