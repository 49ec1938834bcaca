import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { meltanoOk, testProject } from './support/meltano-program.ts';

const head = `default_environment: dev
project_id: 6ad4cb0a-8f0c-4e68-9b0b-2f3f9c5a9d10
environments: [{name: dev}]
plugins:
  extractors:
  - name: tap-a
    namespace: tap_a
    executable: tap
`;
const warning = /looks like a secret.*sensitive: true.*TAP_A_API_KEY/s;

async function setting(words: readonly string[], settings = '') {
  await using project = await testProject({ 'meltano.yml': head + settings });
  const { stderr } = await meltanoOk(['config', 'set', 'tap-a', ...words], { cwd: project.folder });
  return { stderr, yml: await readFile(join(project.folder, 'meltano.yml'), 'utf8') };
}

it('an undeclared secret is set, and told with what to do about it', async () => {
  const { stderr, yml } = await setting(['api_key', 'hunter2']);
  expect(yml).toContain('api_key: hunter2');
  expect(stderr).toMatch(warning);
  expect(stderr).not.toContain('hunter2');
});

it('so is one that goes into the section of an environment', async () => {
  await using project = await testProject({ 'meltano.yml': head });
  const words = ['--environment=dev', 'config', 'set', 'tap-a', 'api_key', 'hunter2'];
  expect((await meltanoOk(words, { cwd: project.folder })).stderr).toMatch(warning);
});

it('and one whose definition says nothing of it', async () => {
  const { stderr } = await setting(['api_key', 'hunter2'], '    settings: [{name: api_key, kind: string}]\n');
  expect(stderr).toMatch(warning);
});

it.each([
  ['a reference', ['api_key', '$TAP_A_API_KEY'], ''],
  ['another name', ['api_url', 'hunter2'], ''],
  ['a declared secret', ['api_key', 'hunter2'], '    settings: [{name: api_key, sensitive: true}]\n'],
  [
    'a declared setting that is none',
    ['api_key', 'x'],
    '    settings: [{name: api_key, sensitive: false}]\n',
  ],
  ['the system database', ['--store=db', 'api_key', 'hunter2'], ''],
])('nothing is told of %s', async (_, words, settings) => {
  expect((await setting(words, settings)).stderr).not.toContain('looks like a secret');
});

it('the advice works: the variable is in .env, and the file has a reference', async () => {
  await using project = await testProject({ 'meltano.yml': head });
  await meltanoOk(['config', 'set', 'tap-a', 'api_key', 'hunter2'], { cwd: project.folder });
  await writeFile(join(project.folder, '.env'), 'TAP_A_API_KEY=hunter2\n');
  await meltanoOk(['config', 'set', 'tap-a', 'api_key', '$TAP_A_API_KEY'], { cwd: project.folder });
  const { stdout } = await meltanoOk(['config', '--unsafe', 'print', 'tap-a'], { cwd: project.folder });
  expect(JSON.parse(stdout)).toEqual({ api_key: 'hunter2' });
});
