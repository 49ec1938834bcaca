import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadLoggingConfig } from './load-logging-config.ts';

it('finds the file under both spellings, and says where it is broken', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'meltano-logging-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  expect(await loadLoggingConfig('logging.yaml', folder)).toBeUndefined();
  await writeFile(join(folder, 'logging.yml'), 'version: 1\nroot:\n  level: DEBUG\n');
  const found = await loadLoggingConfig('logging.yaml', folder);
  expect(found?.name).toBe('logging.yml');
  expect(found?.config.loggers.get('')?.level).toBe(10);
  await writeFile(join(folder, 'logging.yaml'), 'root: [\n');
  await expect(loadLoggingConfig('logging.yaml', folder)).rejects.toMatchObject({ category: 'invalid' });
});
