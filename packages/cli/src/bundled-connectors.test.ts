import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bundledConnectors } from './bundled-connectors.ts';

const root = mkdtempSync(join(tmpdir(), 'connectors-'));
afterAll(() => rmSync(root, { recursive: true }));

function install(name: string, manifest: object, entry: string, source: string): void {
  const folder = join(root, 'node_modules', name);
  mkdirSync(join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, type: 'module', ...manifest }));
  writeFileSync(join(folder, entry), source);
}

const connector = (name: string) => `{ kind: 'tap', about: { name: '${name}' } }`;

test.each([
  ['conditions', { exports: { '.': { types: './x.d.ts', import: './dist/a.js' } } }, 'dist/a.js'],
  ['a text', { exports: './dist/b.js' }, 'dist/b.js'],
  ['main', { main: 'dist/c.js' }, 'dist/c.js'],
  ['nothing', {}, 'index.js'],
])('finds a package that the project has, its entry named by %s', async (word, manifest, entry) => {
  const name = `tap-${word.replaceAll(' ', '-')}`;
  install(name, manifest, entry, `export default ${connector(name)};`);
  expect(await bundledConnectors.find(name, join(root, 'below'))).toBe('npm');
  expect(await bundledConnectors.load(name, name, root)).toMatchObject({ about: { name } });
});

test('takes the connectors of a package by name, and says what it has', async () => {
  const both = `'tap-a': ${connector('tap-a')}, 'tap-c': ${connector('tap-c')}`;
  install('many', {}, 'index.js', `export const connectors = { ${both} };`);
  expect(await bundledConnectors.load('many', 'tap-a', root)).toMatchObject({ kind: 'tap' });
  await expect(bundledConnectors.load('many', 'tap-b', root)).rejects.toMatchObject({
    hint: 'it has: tap-a, tap-c',
  });
});

test('takes the only connector of a package for a plugin of any name', async () => {
  install('one', {}, 'index.js', `export const connectors = { 'tap-a': ${connector('tap-a')} };`);
  expect(await bundledConnectors.load('one', 'tap-acme', root)).toMatchObject({ about: { name: 'tap-a' } });
});

test('says what to type for one that is not there, and why one cannot be loaded', async () => {
  expect(await bundledConnectors.find('tap-nowhere', root)).toBeUndefined();
  await expect(bundledConnectors.load('tap-nowhere', 'x', root)).rejects.toMatchObject({
    hint: 'in the folder of the project: npm install tap-nowhere',
  });
  writeFileSync(
    join(root, 'package.json'),
    JSON.stringify({ dependencies: { 'tap-nowhere': 'file:../tap-nowhere' } }),
  );
  await expect(bundledConnectors.load('tap-nowhere', 'x', root)).rejects.toMatchObject({
    hint: 'in the folder of the project: npm install',
  });
  install('broken', {}, 'index.js', `throw new Error('no license');`);
  await expect(bundledConnectors.load('broken', 'x', root)).rejects.toMatchObject({
    message: expect.stringContaining('no license'),
  });
});
