import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { meltano, testProject } from './support/meltano-program.ts';

it('a type before the names, as older guides write it', async () => {
  await using project = await testProject({ 'meltano.yml': 'version: 1\n' });
  // Native connectors need no Hub.
  const env = { MELTANO_HUB_URL: 'http://127.0.0.1:9' };
  const run = (...args: readonly string[]) => meltano(args, { cwd: project.folder, env });
  const entries = async () => (await readFile(join(project.folder, 'meltano.yml'), 'utf8')).split('\n');
  const added = await run('add', 'extractor', 'tap-csv', '--as', 'tap-people', '--no-install');
  expect(added.code, added.stderr).toBe(0);
  expect(added.stderr).toContain(
    "'extractor' is taken for the type of what is added: write --plugin-type=extractor",
  );
  expect((await run('add', 'loaders', 'target-jsonl', 'target-duckdb')).code).toBe(0);
  expect((await entries()).filter((line) => line.includes('name:'))).toEqual([
    '  - name: tap-people',
    '  - name: target-jsonl',
    '  - name: target-duckdb',
  ]);
  expect((await run('add', 'extractor')).code).toBe(1);
});

it('what comes with the program is found by its name alone, without a Hub', async () => {
  await using project = await testProject({ 'meltano.yml': 'version: 1\n' });
  const run = (...args: readonly string[]) =>
    meltano(args, { cwd: project.folder, env: { MELTANO_HUB_URL: 'http://127.0.0.1:9' } });
  const added = await run('add', 'meltano-map-transformer');
  expect(added.code, added.stderr).toBe(0);
  expect(added.stdout).toContain("Added mapper 'meltano-map-transformer'");
  expect((await run('add', 'tap-parket')).stderr).toContain("Did you mean 'tap-parquet'");
});

it('a definition of another name than the one that was typed: says which one counts', async () => {
  await using project = await testProject({
    'meltano.yml': 'default_environment: dev\n',
    'ab.json': '{"name": "tap-manifest", "namespace": "tap_manifest", "executable": "true"}',
  });
  const add = (name: string) =>
    meltano(['add', '--plugin-type', 'extractor', name, '--from-ref', 'ab.json', '--no-install'], {
      cwd: project.folder,
    });
  const other = await add('tap-ab');
  expect(other.stdout).toContain("Added extractor 'tap-manifest'");
  expect(other.stderr).toContain("is added under that name, not as 'tap-ab'");
  expect((await add('tap-manifest')).stderr).not.toContain('under that name');
});
