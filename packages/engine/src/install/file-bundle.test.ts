import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addBundleFiles, updateBundleFiles } from './file-bundle.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meltano-bundle-'));
  const files = {
    '__init__.py': '',
    '__pycache__/x.pyc': '',
    'a.yml': 'hello: 1\n',
    'README.md': 'text\n',
    'sub/b.txt': 'x\n',
  };
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, 'venv/lib/python3.11/site-packages/bundle', name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  await mkdir(join(folder, 'root'));
  await writeFile(join(folder, 'root/README.md'), 'mine\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bundle = (update: Record<string, boolean> = {}) => ({
  name: 'files-mine',
  venv: join(folder, 'venv'),
  root: join(folder, 'root'),
  update,
});
const read = (name: string) => readFile(join(folder, 'root', name), 'utf8');

describe('file bundles', () => {
  it('adding keeps what is there', async () => {
    expect(await addBundleFiles(bundle())).toEqual([
      "Adding 'files-mine' files to project...",
      "File 'README.md' already exists, keeping both versions",
      'Created README (files-mine).md',
      'Created a.yml',
      'Created sub/b.txt',
    ]);
    expect([await read('README.md'), await read('README (files-mine).md'), await read('sub/b.txt')]).toEqual([
      'mine\n',
      'text\n',
      'x\n',
    ]);
  });

  it('updating touches only what is managed, and says so in the file', async () => {
    const managed = bundle({ 'a.yml': true, 'sub/*': true, 'README.md': false });
    expect(await updateBundleFiles(managed)).toEqual([
      "Updating 'files-mine' files in project...",
      'Updated a.yml',
      'Updated sub/b.txt',
    ]);
    // Written by Meltano 4.4.1 for the same bundle.
    expect(
      await read('a.yml'),
    ).toBe(`# This file is managed by the 'files-mine' file bundle and updated automatically when \`meltano upgrade\` is run.
# To prevent any manual changes from being overwritten, remove the file bundle from \`meltano.yml\` or disable automatic updates:
#     meltano config --plugin-type=files files-mine set _update a.yml false

hello: 1
`);
    expect(await updateBundleFiles(managed)).toEqual([
      "Updating 'files-mine' files in project...",
      'Nothing to update',
    ]);
    await writeFile(join(folder, 'root/a.yml'), 'changed');
    expect(await updateBundleFiles(managed)).toContain('Updated a.yml');
    expect(await read('README.md')).toBe('mine\n');
  });

  it('patterns count from the end, part by part; a file that is no text gets no header', async () => {
    const picture = Buffer.from([0, 255, 1]);
    await writeFile(join(folder, 'venv/lib/python3.11/site-packages/bundle/sub/x.png'), picture);
    const lines = await updateBundleFiles(bundle({ 'b.txt': true, '*/x.png': true, '*/*/b.txt': true }));
    expect(lines.slice(1)).toEqual(['Updated sub/b.txt', 'Updated sub/x.png']);
    expect(await readFile(join(folder, 'root/sub/x.png'))).toEqual(picture);
    expect((await updateBundleFiles(bundle({ 's*.txt': true, 'sub*': true }))).slice(1)).toEqual([
      'Nothing to update',
    ]);
  });

  it('what a second addition would write again is left alone', async () => {
    await addBundleFiles(bundle());
    expect((await addBundleFiles(bundle())).slice(1)).toEqual([
      "File 'README.md' already exists, keeping both versions",
      "File 'a.yml' already exists, keeping both versions",
      "File 'sub/b.txt' already exists, keeping both versions",
      'Created a (files-mine).yml',
      'Created sub/b (files-mine).txt',
    ]);
  });

  it('a package without a bundle has no files', async () => {
    expect(await addBundleFiles({ ...bundle(), venv: join(folder, 'none') })).toEqual([
      "Adding 'files-mine' files to project...",
    ]);
  });
});
