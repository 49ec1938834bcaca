import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { meltano, testProject } from './support/meltano-program.ts';

const head = `default_environment: dev
project_id: 6ad4cb0a-8f0c-4e68-9b0b-2f3f9c5a9d10
environments: [{name: dev}]
`;

async function fails(
  files: Record<string, string>,
  args: readonly string[],
  env: Record<string, string> = {},
) {
  await using project = await testProject(files);
  const { code, stderr, stdout } = await meltano(args, { cwd: project.folder, env });
  expect(code, stderr).not.toBe(0);
  expect(stderr).not.toMatch(/\n\s+at .*\.(?:ts|js):\d/);
  return { code, text: stderr, stdout };
}

it('malformed YAML: file, line, column and the line itself', async () => {
  const { code, text } = await fails(
    { 'meltano.yml': `${head}plugins:\n  extractors:\n  - name: tap-a\n   variant: x\n` },
    ['config', 'list', 'tap-a'],
  );
  expect(code).toBe(1);
  expect(text).toMatch(/--> meltano\.yml:\d+:\d+/);
  expect(text).toContain('variant: x');
});

it('duplicate keys', async () => {
  const { text } = await fails({ 'meltano.yml': `${head}env: {A: 1}\nenv: {B: 2}\n` }, ['plugin', 'list']);
  expect(text).toMatch(/--> meltano\.yml:5/);
});

it('an empty project file', async () => {
  const { code, text } = await fails({ 'meltano.yml': '# nothing\n' }, ['plugin', 'list']);
  expect(code).toBe(1);
  expect(text).toContain('Your meltano.yml file is empty');
});

it('no project: a usage error', async () => {
  const { code, text } = await fails({ 'other.txt': '' }, ['run', 'tap-a', 'target-b']);
  expect(code).toBe(2);
  expect(text).toContain('meltano init');
});

it('another version of Meltano required: exit code 3', async () => {
  const { code } = await fails({ 'meltano.yml': `${head}requires_meltano: '>=99'\n` }, ['plugin', 'list']);
  expect(code).toBe(3);
});

it('an unknown plugin: the nearest names', async () => {
  const files = {
    'meltano.yml': `${head}plugins:\n  extractors:\n  - {name: tap-postgres, namespace: tap_postgres, executable: tap}\n`,
  };
  const { code, text } = await fails(files, ['config', 'list', 'tap-postgre']);
  expect(code).toBe(1);
  expect(text).toContain("'tap-postgre'");
  expect(text).toContain("Did you mean 'tap-postgres'");
  const run = await fails(files, ['run', 'tap-nope']);
  expect(run.text).toContain('Block tap-nope not found');
});

it('a plugin that no Hub can be asked about, offline', async () => {
  const { code, text } = await fails({ 'meltano.yml': head }, ['add', 'tap-that-nobody-knows'], {
    MELTANO_HUB_URL: 'http://127.0.0.1:9',
  });
  expect(code).toBe(1);
  expect(text).toContain('Could not connect to Meltano Hub');
  expect(text).toContain('--custom');
});

it('a setting of the wrong kind', async () => {
  const plugin =
    'plugins:\n  extractors:\n  - name: tap-a\n    namespace: tap_a\n    executable: tap\n    settings: [{name: port, kind: integer}]\n    config: {port: 54x2}\n';
  const { code, text } = await fails({ 'meltano.yml': head + plugin }, ['config', 'print', 'tap-a']);
  expect(code).toBe(1);
  expect(text).toContain('port');
  expect(text).toContain('54x2');
});

it('inheritance that goes in a circle', async () => {
  const plugins =
    'plugins:\n  extractors:\n  - {name: tap-a, inherit_from: tap-b}\n  - {name: tap-b, inherit_from: tap-a}\n';
  const { code, text } = await fails({ 'meltano.yml': head + plugins }, ['config', 'list', 'tap-a']);
  expect(code).toBe(1);
  expect(text).toMatch(/tap-a.*tap-b.*tap-a|tap-b.*tap-a.*tap-b/s);
});

it('an include that is outside the project, and one that is broken', async () => {
  const outside = await fails(
    { 'meltano.yml': `${head}include_paths: ['link.yml']\n`, 'link.yml -> /etc/hostname': '' },
    ['plugin', 'list'],
  );
  expect(outside.text).toMatch(/outside/);
  const broken = await fails(
    { 'meltano.yml': `${head}include_paths: ['sub/*.yml']\n`, 'sub/a.yml': 'plugins: [\n' },
    ['plugin', 'list'],
  );
  expect(broken.text).toMatch(/--> sub\/a\.yml:\d/);
});

it('two plugins of one name', async () => {
  const plugins =
    'plugins:\n  extractors:\n  - {name: tap-a, namespace: a, executable: a}\n  - {name: tap-a, namespace: b, executable: b}\n';
  const { text } = await fails({ 'meltano.yml': head + plugins }, ['plugin', 'list']);
  expect(text).toContain('tap-a');
  expect(text).toMatch(/meltano\.yml:\d+/);
});

it('a folder that cannot be made', async () => {
  const { code, text } = await fails({ 'a-file': '' }, ['init', 'a-file/project']);
  expect(code).toBe(1);
  expect(text).toContain('a-file');
});

it('options and commands that do not exist: usage errors with the nearest names', async () => {
  const command = await fails({ 'meltano.yml': head }, ['confg']);
  expect(command.code).toBe(2);
  expect(command.text).toMatch(/No such command 'confg'[\s\S]*Did you mean one of these\?\n {4}config/);
  const option = await fails({ 'meltano.yml': head }, ['run', '--full-refesh', 'x']);
  expect(option.code).toBe(2);
  expect(option.text).toContain('--full-refresh');
  const misplaced = await fails({ 'meltano.yml': head }, ['plugin', 'list', '--full-refresh']);
  expect(misplaced.code).toBe(2);
  expect(misplaced.text).toContain("It is an option of 'meltano el'");
});

it('secrets stay out of everything that is printed (Invariant 5)', async () => {
  const secret = 'hunter2-very-secret';
  const plugin =
    'plugins:\n  extractors:\n  - name: tap-a\n    namespace: tap_a\n    executable: ./tap.sh\n    settings:\n    - {name: password, kind: password}\n    - {name: url, kind: password}\n  loaders:\n  - {name: target-b, namespace: target_b, executable: ./target.sh}\n';
  await using project = await testProject({
    'meltano.yml': head + plugin,
    '.env': `TAP_A_PASSWORD=${secret}\n`,
    'tap.sh': `#!/bin/sh\necho "cannot log in with $TAP_A_PASSWORD" >&2\nexit 3\n`,
    'target.sh': '#!/bin/sh\ncat > /dev/null\n',
  });
  const { chmod } = await import('node:fs/promises');
  for (const name of ['tap.sh', 'target.sh']) await chmod(`${project.folder}/${name}`, 0o755);
  const commands = [
    ['--log-level=debug', 'run', 'tap-a', 'target-b'],
    ['--log-format=json', 'run', 'tap-a', 'target-b'],
    ['config', 'list', 'tap-a'],
    ['config', 'print', 'tap-a'],
    ['config', 'print', 'tap-a', '--format', 'env'],
    ['config', 'explain', 'tap-a', 'password'],
    ['config', 'set', 'tap-a', 'password', `${secret}2`],
    ['runs', 'show', '--format', 'json'],
    ['runs', 'logs', ''],
    ['compile'],
  ];
  for (const args of commands) {
    const { stdout, stderr } = await meltano(args, { cwd: project.folder });
    expect(stdout + stderr, args.join(' ')).not.toContain(secret);
  }
  const { readFile, readdir } = await import('node:fs/promises');
  for (const name of await readdir(`${project.folder}/.meltano/manifests`)) {
    expect(await readFile(`${project.folder}/.meltano/manifests/${name}`, 'utf8'), name).not.toContain(
      secret,
    );
  }
  const shown = await meltano(['config', '--unsafe', 'print', 'tap-a'], { cwd: project.folder });
  expect(shown.stdout).toContain(secret);
});

it.skipIf(process.platform !== 'linux')(
  'a folder that can never be made: an error, and no endless loop',
  async () => {
    const uri = 'file:///proc/nowhere/states';
    const { code, text } = await fails(
      { 'meltano.yml': head },
      ['state', 'set', '--force', 'a', '{"singer_state": {}}'],
      {
        MELTANO_STATE_BACKEND_URI: uri,
      },
    );
    expect(code).toBe(1);
    expect(text).toContain('/proc/nowhere');
  },
);

it('a state id that is too long for a file: what is wrong, and what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'states-'));
  const words = ['state', 'set', '--force', 'x'.repeat(300), '{"singer_state": {}}'];
  const env = { MELTANO_STATE_BACKEND_URI: `file://${folder}` };
  const { code, text } = await fails({ 'meltano.yml': head }, words, env).finally(() =>
    rmSync(folder, { recursive: true }),
  );
  expect(code).toBe(1);
  expect(text).toContain('the name is too long (ENAMETOOLONG)');
  expect(text).toContain('fix: ');
});
