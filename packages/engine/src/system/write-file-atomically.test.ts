import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { writeFileAtomically } from './write-file-atomically.ts';

it('who has the old file open goes on reading the old content; nothing else is left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'meltano-atomic-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'state.json');
  await writeFile(file, 'old content');
  const reader = await open(file);
  await writeFileAtomically(file, 'new');
  expect(await reader.readFile('utf8')).toBe('old content');
  await reader.close();
  expect(await readFile(file, 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['state.json']);
  await expect(writeFileAtomically(join(folder, 'missing', 'x'), 'y')).rejects.toMatchObject({
    code: 'ENOENT',
  });
  await expect(writeFileAtomically(folder, 'y')).rejects.toMatchObject({ code: expect.any(String) });
  expect(await readdir(folder)).toEqual(['state.json']);
});
