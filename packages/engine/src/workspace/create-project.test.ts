import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createProject } from './create-project.ts';

const around = mkdtempSync(join(tmpdir(), 'create-project-'));
afterAll(() => rmSync(around, { recursive: true }));

it('what this machine makes and what is secret stays out of version control', () => {
  const folder = join(around, 'shop');
  createProject({ folder, force: false, usageStats: true });
  const ignored = readFileSync(join(folder, '.gitignore'), 'utf8').trim().split('\n');
  expect(ignored).toEqual(expect.arrayContaining(['/.meltano', '/node_modules', '/venv', '.env']));
});

it('a file that is there is kept, and told', () => {
  const folder = mkdtempSync(join(around, 'there-'));
  writeFileSync(join(folder, '.gitignore'), 'mine\n');
  const files = createProject({ folder, force: false, usageStats: true });
  expect(files).toContainEqual({ path: '.gitignore', skipped: true });
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('mine\n');
});
