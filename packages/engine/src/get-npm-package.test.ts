import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { getNpmPackage } from './get-npm-package.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'npm-package-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, content: string) => writeFileSync(join(root, name), content);

test('a package that the project does not list is got by its name', () => {
  expect(getNpmPackage('tap-acme', root)).toBe('npm install tap-acme');
  write('package.json', JSON.stringify({ dependencies: { 'tap-other': '1.0.0' } }));
  expect(getNpmPackage('tap-acme', root)).toBe('npm install tap-acme');
  write('package.json', 'no JSON');
  expect(getNpmPackage('tap-acme', root)).toBe('npm install tap-acme');
});

test.each(['dependencies', 'devDependencies', 'optionalDependencies'])(
  'one that is listed below %s is got by what is written, from folders below, too',
  (kind) => {
    write('package.json', JSON.stringify({ [kind]: { 'tap-acme': 'file:../tap-acme' } }));
    mkdirSync(join(root, 'below'));
    expect(getNpmPackage('tap-acme', join(root, 'below'))).toBe('npm install');
    write('package-lock.json', '{}');
    expect(getNpmPackage('tap-acme', root)).toBe('npm ci');
  },
);
