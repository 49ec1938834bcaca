import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHub, type TestHub } from './support/hub.ts';
import { meltano, meltanoOk, testProject } from './support/meltano-program.ts';
import { findPython } from './support/python.ts';
import { pythonPackage } from './support/python-package.ts';

const python = await findPython();
if (python === undefined) process.stderr.write('SKIPPED files-bundles: this machine has no python3\n');

const bundleOf = (name: string, more: object) => ({
  type: 'files',
  definition: {
    name,
    namespace: name.replace('-', '_'),
    variant: 'v',
    pip_url: `./packages/${name}`,
    settings: [],
    ...more,
  },
});

const yml = 'default_environment: dev\nenvironments:\n- name: dev\n';

/** Two bundles: one manages files, the other leaves them to the project. */
const files = {
  'meltano.yml': yml,
  'README.md': 'mine\n',
  ...pythonPackage('packages/files-managed', {
    'bundle/__init__.py': '',
    'bundle/__pycache__/x.pyc': 'x',
    'bundle/README.md': 'of the bundle\n',
    'bundle/managed.yml': 'managed: 1\n',
    'bundle/seed.csv': 'id\n',
    'bundle/orchestrate/dags/dag.py': '# dag\n',
    'bundle/orchestrate/dag.py': '# above\n',
  }),
  ...pythonPackage('packages/files-once', { 'bundle/once.txt': 'once\n', 'bundle/README.md': 'other\n' }),
};

describe.skipIf(python === undefined)('file bundles', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await openTestHub([
      bundleOf('files-managed', {
        update: { 'managed.yml': true, 'orchestrate/*/*.py': true, 'seed.csv': false },
      }),
      bundleOf('files-once', {}),
      {
        type: 'extractors',
        definition: {
          name: 'tap-needs',
          namespace: 'tap_needs',
          variant: 'v',
          executable: 'true',
          requires: { files: [{ name: 'files-once', variant: 'v' }] },
        },
      },
    ]);
  });
  afterAll(() => hub?.[Symbol.asyncDispose]());

  const open = async () => {
    const project = await testProject(files);
    const options = { cwd: project.folder, env: hub.env };
    const read = (name: string) => readFile(join(project.folder, name), 'utf8');
    return { project, options, read, folder: project.folder };
  };
  const told = (stderr: string) => stderr.split('\n').map((line) => line.replace(/^.*\] meltano +/, ''));

  it('one that manages files is entered, copied beside what is there, and kept up to date', async () => {
    const { project, options, read, folder } = await open();
    await using _ = project;
    const added = await meltanoOk(['add', '--plugin-type', 'files', 'files-managed'], options);
    expect(added.stdout).toContain("Added file bundle 'files-managed' to your project");
    expect(told(added.stderr).slice(-8, -1)).toEqual([
      "Adding 'files-managed' files to project...",
      "File 'README.md' already exists, keeping both versions",
      'Created README (files-managed).md',
      'Created managed.yml',
      'Created orchestrate/dag.py',
      'Created orchestrate/dags/dag.py',
      'Created seed.csv',
    ]);
    expect([await read('README.md'), await read('README (files-managed).md')]).toEqual([
      'mine\n',
      'of the bundle\n',
    ]);
    const header = /^# This file is managed by the 'files-managed' file bundle/;
    expect(await read('managed.yml')).toMatch(header);
    expect(await read('orchestrate/dags/dag.py')).toMatch(header);
    // One folder too high for the pattern.
    expect(await read('orchestrate/dag.py')).toBe('# above\n');

    await writeFile(join(folder, 'managed.yml'), 'changed\n');
    await writeFile(join(folder, 'seed.csv'), 'id\n1\n');
    await rm(join(folder, 'orchestrate'), { recursive: true });
    const upgraded = await meltanoOk(['upgrade', 'files'], options);
    expect(told(upgraded.stderr).slice(-4, -1)).toEqual([
      "Updating 'files-managed' files in project...",
      'Updated managed.yml',
      'Updated orchestrate/dags/dag.py',
    ]);
    expect(await read('seed.csv')).toBe('id\n1\n');
    expect((await meltanoOk(['upgrade', 'files'], options)).stderr).toContain('Nothing to update');

    const installed = await meltanoOk(['install'], options);
    expect(installed.stderr).toContain(
      "The files of 'files-managed' are brought up to date by `meltano upgrade files`",
    );
    await writeFile(join(folder, 'managed.yml'), 'changed\n');
    const off = ['config', 'set', '--plugin-type', 'files', 'files-managed', '_update.managed.yml', 'false'];
    await meltanoOk(off, options);
    await meltanoOk(['upgrade', 'files'], options);
    expect(await read('managed.yml')).toBe('changed\n');
  });

  it('one that manages nothing leaves its files, a lock file and no entry', async () => {
    const { project, options, read, folder } = await open();
    await using _ = project;
    const added = await meltanoOk(['add', '--plugin-type', 'files', 'files-once'], options);
    expect(added.stdout).toContain("Initialized file bundle 'files-once' in your project");
    expect(added.stderr).toContain('Created once.txt');
    expect(await read('meltano.yml')).toBe(yml);
    expect(await readdir(join(folder, 'plugins/files'))).toEqual(['files-once--v.lock']);
    // Again: what is there stays, and its copy beside it is not made twice.
    const again = await meltanoOk(['add', '--plugin-type', 'files', 'files-once'], options);
    expect(again.stderr).toContain('Created once (files-once).txt');
    const third = await meltanoOk(['add', '--plugin-type', 'files', 'files-once'], options);
    expect(third.stderr).not.toContain('Created');
  });

  it('one that a plugin requires comes with it', async () => {
    const { project, options, read } = await open();
    await using _ = project;
    const added = await meltanoOk(['add', 'tap-needs'], options);
    expect(added.stdout).toContain("Added required file bundle 'files-once' to your project");
    expect(await read('once.txt')).toBe('once\n');
    expect(await read('meltano.yml')).not.toContain('files-once');
    const { code, stderr } = await meltano(['upgrade', 'files'], options);
    expect([code, stderr.includes('files-once')]).toEqual([0, false]);
  });
});
