import { chmodSync, existsSync, readFileSync } from 'node:fs';
import type { SecretReference } from '@meltano/project/settings/secret-reference';
import { describe, expect, test } from 'vitest';
import { testProject } from '../test/support/test-project.ts';
import { createReferenceSource } from './follow-references.ts';

const exec = (argument: string): SecretReference => ({
  kind: 'exec',
  argument,
  text: `\${exec:${argument}}`,
});
const counting = '#!/bin/sh\necho x >> calls\nprintf "  token $1 $HOME_OF_TOKENS \\n"\n';

function bench(files: Readonly<Record<string, string>> = {}, timeoutMs?: number) {
  const project = testProject({ 'meltano.yml': 'plugins: {}\n', 'bin/count': counting, ...files });
  chmodSync(project.path('bin/count'), 0o755);
  const secrets: string[] = [];
  const source = createReferenceSource({
    onSecret: (value) => secrets.push(value),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const place = {
    root: project.root,
    processEnv: { PATH: process.env['PATH'] ?? '', A: 'process' },
    dotenv: { A: 'dotenv', B: 'b', HOME_OF_TOKENS: 'vault' },
  };
  return { project, secrets, source, place };
}

describe.each(['read', 'readNow'] as const)('%s', (way) => {
  const follow = async (test: ReturnType<typeof bench>, reference: SecretReference) =>
    test.source[way](reference, test.place);

  test('variables, the process before .env', async () => {
    const it = bench();
    using _ = it.project;
    expect(await follow(it, { kind: 'env', argument: 'A', text: 'a' })).toBe('process');
    expect(await follow(it, { kind: 'env', argument: 'B', text: 'b' })).toBe('b');
    await expect(follow(it, { kind: 'env', argument: 'C', text: '${env:C}' })).rejects.toMatchObject({
      code: 'workspace.reference_not_set',
      message: "The variable 'C' that ${env:C} refers to is not set",
    });
  });

  test('files, without the line end at their end', async () => {
    const it = bench({ 'secrets/pw': ' two words \n\n' });
    using _ = it.project;
    expect(await follow(it, { kind: 'file', argument: 'secrets/pw', text: 'f' })).toBe(' two words \n');
    await expect(follow(it, { kind: 'file', argument: 'no', text: 'n' })).rejects.toThrow(
      "The file 'no' that a setting refers to cannot be read: it does not exist",
    );
  });

  test('commands: no shell, output trimmed, in the root of the project, once', async () => {
    const it = bench();
    using _ = it.project;
    const reference = exec('./bin/count "a  $A; b"');
    expect(await follow(it, reference)).toBe('token a  $A; b vault');
    expect(await follow(it, reference)).toBe('token a  $A; b vault');
    expect(readFileSync(it.project.path('calls'), 'utf8')).toBe('x\n');
    expect(it.secrets).toEqual(['token a  $A; b vault']);
  });

  test('commands that fail say how, with the last line that they wrote', async () => {
    const it = bench({}, 200);
    using _ = it.project;
    await expect(
      follow(it, exec(`sh -c "echo first >&2; echo 'no such entry' >&2; exit 7"`)),
    ).rejects.toMatchObject({
      code: 'workspace.reference_failed',
      message: expect.stringMatching(/ended with exit code 7: no such entry$/),
      details: { exitCode: 7 },
    });
    await expect(follow(it, exec('no-such-program x'))).rejects.toThrow('could not be found');
    await expect(follow(it, exec('sleep 600'))).rejects.toThrow('did not end within 0.2 s');
    await expect(follow(it, exec('sh -c "kill -9 $$"'))).rejects.toThrow(/was killed|exit code/);
    expect(it.secrets).toEqual([]);
  });

  test('what a command leaves behind does not hold it up', async () => {
    const it = bench({}, 300);
    using _ = it.project;
    const leaves = (then: string) => exec(`sh -c "sleep 3000 & echo $! >> left; ${then}"`);
    try {
      await expect(follow(it, leaves('wait'))).rejects.toThrow('did not end within 0.3 s');
    } finally {
      for (const pid of it.project.read('left').trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
    }
  });
});

test('a server that a command has started goes on', async () => {
  const it = bench();
  using _ = it.project;
  const start = exec('sh -c "sleep 3000 & echo $! > left; echo done"');
  expect(await it.source.read(start, it.place)).toBe('done');
  // Throws when the process is gone.
  process.kill(Number(it.project.read('left')), 'SIGKILL');
});

describe('in a project', () => {
  const yml = `plugins:
  extractors:
  - name: tap-a
    namespace: tap_a
    executable: tap-a
    settings: [{name: port, kind: integer}, {name: password, kind: password}, {name: url}]
    config: {port: '\${env:PORT}', password: '\${exec:./bin/count pw}', url: 'pg://me:\${file:pw}@\${env:HOST_NAME}'}
  - {name: tap-b, inherit_from: tap-a, config: {port: 1}}
state_backend: {uri: '\${env:STATES}'}
`;
  const open = () => {
    const it = bench({
      'meltano.yml': yml,
      pw: 'hunter2\n',
      '.env': "HOST_NAME=db\nTAP_B_URL='${file:pw}'\n",
    });
    const processEnv = { PATH: process.env['PATH'] ?? '', PORT: '99', STATES: 'file:///s' };
    return { ...it, workspace: () => it.project.open({ processEnv, references: it.source }) };
  };

  test('reading settings starts nothing, preparing a plugin follows all', async () => {
    const it = open();
    using _ = it.project;
    const workspace = await it.workspace();
    const plugin = await workspace.findPlugin('tap-a');
    const { settings } = await workspace.pluginSettings(plugin);
    expect(settings.map(({ value, unread }) => [value, unread])).toEqual([
      ['${env:PORT}', true],
      ['${exec:./bin/count pw}', true],
      ['pg://me:${file:pw}@${env:HOST_NAME}', true],
    ]);
    expect(existsSync(it.project.path('calls'))).toBe(false);
    const prepared = await workspace.preparePlugin(plugin);
    expect(prepared.config).toEqual({ port: 99, password: 'token pw', url: 'pg://me:hunter2@db' });
    expect(prepared.env['TAP_A_PASSWORD']).toBe('token pw');
    expect(prepared.secrets).toEqual(expect.arrayContaining(['hunter2', 'token pw', '99', 'db']));
    expect(it.secrets.sort()).toEqual(['99', 'db', 'hunter2', 'token pw']);
  });

  test('the configuration of a mapping', async () => {
    const yaml = `plugins:
  mappers:
  - {name: m, namespace: m, executable: m, mappings: [{name: hide, config: {salt: '\${file:pw}'}}]}
`;
    const it = bench({ 'meltano.yml': yaml, pw: 'hunter2' });
    using _ = it.project;
    const workspace = await it.project.open({ references: it.source });
    const mapping = await workspace.findPlugin('hide');
    expect((await workspace.preparePlugin(mapping)).config).toEqual({ salt: 'hunter2' });
    expect(it.secrets).toEqual(['hunter2']);
  });

  test('inherited values and .env', async () => {
    const it = open();
    using _ = it.project;
    const workspace = await it.workspace();
    const { config } = await workspace.preparePlugin(await workspace.findPlugin('tap-b'));
    expect(config).toEqual({ port: 1, password: 'token pw', url: 'hunter2' });
  });

  test("Meltano's own settings, when they are asked for", async () => {
    const it = open();
    using _ = it.project;
    const workspace = await it.workspace();
    expect(it.secrets).toEqual([]);
    expect(workspace.projectSetting('state_backend.uri').value).toBe('file:///s');
    expect(it.secrets).toEqual(['file:///s']);
    const unset = await it.project.open({ references: createReferenceSource({ onSecret: () => {} }) });
    expect(() => unset.projectSetting('state_backend.uri')).toThrow(
      "Setting 'state_backend.uri' of Meltano: The variable 'STATES'",
    );
  });

  test('an error names the setting and its place', async () => {
    const it = open();
    using _ = it.project;
    it.project.write('pw', '');
    const workspace = await it.project.open({ references: it.source });
    await expect(workspace.preparePlugin(await workspace.findPlugin('tap-a'))).rejects.toMatchObject({
      message: expect.stringMatching(/^Setting 'port' of extractor 'tap-a': The variable 'PORT'/),
      place: { file: 'meltano.yml', line: 7 },
    });
  });

  test('without a source they are plain text', async () => {
    const it = open();
    using _ = it.project;
    const workspace = await it.project.open();
    await expect(workspace.preparePlugin(await workspace.findPlugin('tap-a'))).rejects.toThrow(
      "'${env:PORT}' is not an integer",
    );
  });
});
