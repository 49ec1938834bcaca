import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { venvFingerprint } from '@meltano/engine/install/fingerprint';
import { expect, it } from 'vitest';
import { meltano, meltanoOk, testProject } from './support/meltano-program.ts';

const yml = 'environments: []\n';

it('a fresh database is made, a current one is left alone', async () => {
  await using project = await testProject({ 'meltano.yml': yml });
  const options = { cwd: project.folder };
  const head = 'Applying migrations to system database...\n';
  expect((await meltanoOk(['upgrade', 'database'], options)).stdout).toBe(
    `${head}Upgrading database to c0efb3c314eb\n`,
  );
  expect((await meltanoOk(['upgrade', 'database'], options)).stdout).toBe(
    `${head}System database up-to-date.\n`,
  );
});

it('all without the package: what Meltano prints', async () => {
  await using project = await testProject({ 'meltano.yml': yml });
  await meltanoOk(['state', 'list'], { cwd: project.folder });
  const { stdout } = await meltanoOk(['upgrade', '--skip-package'], { cwd: project.folder });
  expect(stdout).toBe(`Updating files managed by plugins...
Nothing to update

Applying migrations to system database...
System database up-to-date.

Applying migrations to project state...

Your Meltano project has been upgraded!
`);
});

it('the package: how to, outside of a project, too; nothing else is touched', async () => {
  await using folder = await testProject({ 'x.txt': '' });
  const alone = await meltanoOk(['upgrade', 'package', '--force'], { cwd: folder.folder });
  expect(alone.stdout).toContain('npm install -g meltano@latest');
  const all = await meltanoOk(['upgrade'], { cwd: folder.folder });
  expect(all.stdout).toMatch(/npm install -g[\s\S]*meltano upgrade --skip-package/);
});

it('unknown words are refused', async () => {
  await using project = await testProject({ 'meltano.yml': yml });
  const { code, stderr } = await meltano(['upgrade', 'foo'], { cwd: project.folder });
  expect(code).toBe(2);
  expect(stderr).toContain("'foo'");
});

it('files of a bundle that is installed: those that it manages', async () => {
  const pipUrl = './bundle';
  await using project = await testProject({
    'meltano.yml': `plugins:\n  files:\n  - {name: files-a, namespace: files_a, pip_url: ${pipUrl}, update: {'orchestrate/*.py': true}}\n`,
    'orchestrate/dag.py': 'old\n',
    'README.md': 'mine\n',
    'bundle/pyproject.toml':
      '[build-system]\nrequires = []\nbuild-backend = "nothing"\n[project]\nname = "bundle"\nversion = "1"\n',
  });
  const venv = join(project.folder, '.meltano/files/files-a/venv');
  const bundle = join(venv, 'lib/python3.12/site-packages/bundle');
  await mkdir(join(bundle, 'orchestrate'), { recursive: true });
  await mkdir(join(venv, 'bin'));
  await writeFile(join(venv, 'bin/python'), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(venv, '.meltano_plugin_fingerprint'), venvFingerprint([pipUrl], undefined));
  await writeFile(join(bundle, 'orchestrate/dag.py'), 'new\n');
  await writeFile(join(bundle, 'README.md'), 'theirs\n');
  // Stands in for the installer, which has nothing to fetch here.
  const uv = join(project.folder, 'uv');
  await writeFile(uv, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const { stdout, stderr } = await meltanoOk(['upgrade', 'files'], {
    cwd: project.folder,
    env: { MELTANO_UV: uv },
  });
  expect(stdout).toBe('Updating files managed by plugins...\n');
  expect(stderr).toContain('Updated orchestrate/dag.py');
  expect(await readFile(join(project.folder, 'orchestrate/dag.py'), 'utf8')).toMatch(
    /^# This file is managed[\s\S]*new\n$/,
  );
  expect(await readFile(join(project.folder, 'README.md'), 'utf8')).toBe('mine\n');
});
