import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { meltano, meltanoOk, type TestProject, testProject } from './support/meltano-program.ts';

const yml = `default_environment: dev
environments: [{name: dev}]
jobs: [{name: nightly, tasks: [tap-csv target-x]}]
schedules: [{name: each-night, job: nightly, interval: '@daily'}]
plugins:
  extractors:
  - name: tap-csv
    variant: native
    config: {files: [{entity: people, path: people.csv, keys: [id]}]}
  loaders:
  - name: target-x
    namespace: target_x
    executable: ./target.sh
    settings: [{name: host, value: localhost}, {name: password, sensitive: true}]
    config: {host: db.internal}
    commands: {check: {args: --check, description: Looks at it}}
`;

let project: TestProject;
const ids = ['01a216b3-e113-74e9-a199-409ba77c62f3', '01a216b3-e113-74e9-a199-409ba77c62f4'] as const;
beforeAll(async () => {
  project = await testProject({
    'meltano.yml': yml,
    'people.csv': 'id,name\n1,Ann\n',
    'target.sh': '#!/bin/sh\ncat >/dev/null\n',
  });
  await chmod(join(project.folder, 'target.sh'), 0o755);
  await ok('lock', 'tap-csv');
  for (const id of ids) await ok('run', `--run-id=${id}`, 'tap-csv', 'target-x');
});
afterAll(() => project[Symbol.asyncDispose]());

const ok = (...args: readonly string[]) => meltanoOk(args, { cwd: project.folder });
const run = (args: readonly string[], input = '') => meltano(args, { cwd: project.folder, input });

it('a dry run knows what the last run has found, although the connector is inside the program', async () => {
  const { stdout } = await ok('run', '--dry-run', 'tap-csv', 'target-x');
  expect(stdout).toContain('  streams: 1 of 1 selected\n    people  2 columns  full table\n');
});

it('a pattern that matches nothing known is written, and told with the nearest name', async () => {
  const known = await run(['select', 'tap-csv', 'people', 'name']);
  expect(known.stderr).not.toContain('warning');
  const { code, stderr } = await run(['select', 'tap-csv', 'peple', '*']);
  expect(code).toBe(0);
  expect(stderr).toContain(
    "[warning  ] meltano      The pattern matches nothing that 'tap-csv' had when it was last asked: no stream is named 'peple'; did you mean 'people'?",
  );
  await ok('select', 'tap-csv', '--clear');
});

it('explain names every place, and which one wins', async () => {
  const { stdout } = await ok('--environment=dev', 'config', 'explain', 'target-x', 'host');
  expect(stdout).toBe(`        -              TARGET_X_HOST in the environment
        -              TARGET_X_HOST in \`.env\`
        -              the active environment in \`meltano.yml\`
wins    'db.internal'  from \`meltano.yml\` (meltano.yml:15)
        -              the system database
hidden  'localhost'    from the default
`);
  const unset = (await ok('config', 'explain', 'target-x', 'password')).stdout;
  expect(unset).toMatch(
    /^password is not set\n {2}set it with: meltano config set target-x password <value>\n/,
  );
  expect(unset).toContain('TARGET_X_PASSWORD in `.env`');
  expect(unset).toContain('an environment in `meltano.yml`; none is active');
});

it('a setting that nobody knows is told with the nearest one', async () => {
  const { stderr } = await run(['config', 'set', 'target-x', 'hosst', 'x']);
  expect(stderr).toContain("Unknown setting 'hosst'\n");
  expect(stderr).toContain("Did you mean 'host'?");
  await ok('config', 'unset', 'target-x', 'hosst');
});

it('a secret that comes into a file that others can read is told', async () => {
  await using open = await testProject({ 'meltano.yml': yml, '.env': 'A=1\n' });
  await chmod(join(open.folder, '.env'), 0o644);
  const set = (name: string, value: string, cwd: string) =>
    meltano(['config', 'set', 'target-x', name, value, '--store=dotenv'], { cwd });
  expect((await set('password', 'hunter2', open.folder)).stderr).toMatch(
    /Every user of this machine can read .*: chmod 600 /,
  );
  expect((await set('host', 'x', open.folder)).stderr).not.toContain('chmod');
  await chmod(join(open.folder, '.env'), 0o600);
  expect((await set('password', 'hunter3', open.folder)).stderr).not.toContain('chmod');
});

it('the beginning of an id is enough for one run, and several are named', async () => {
  for (const command of [
    ['runs', 'show'],
    ['runs', 'logs'],
    ['logs', 'show'],
  ]) {
    expect((await run([...command, ids[1]])).code, command.join(' ')).toBe(0);
    const several = await run([...command, ids[0].slice(0, 20)]);
    expect(several.code, command.join(' ')).toBe(1);
    expect(several.stderr).toContain(`2 runs begin with '${ids[0].slice(0, 20)}'`);
    for (const id of ids) expect(several.stderr).toContain(`\n       ${id}`);
  }
  expect((await ok('logs', 'show', ids[0].slice(0, 36))).stdout).toContain(`Run ID: ${ids[0]}`);
  await using other = await testProject({ 'meltano.yml': yml });
  const none = await meltano(['logs', 'show', '01'], { cwd: other.folder });
  expect(none.stderr).toContain("No job run found with log ID '01'");
});

it.each([
  ['job', 'list'],
  ['schedule', 'list'],
  ['environment', 'list'],
  ['plugin', 'list'],
  ['state', 'list'],
  ['state', 'history', 'dev:tap-csv-to-target-x'],
  ['runs', 'list'],
  ['logs', 'list'],
  ['config', 'list', 'target-x'],
  ['select', 'tap-csv', '--list'],
  ['invoke', '--list-commands'],
  ['doctor'],
])('%s %s has a form for programs', async (...words) => {
  const args = words.filter((word) => word !== undefined);
  const line = args[0] === 'invoke' ? [...args, '--format=json', 'target-x'] : [...args, '--format=json'];
  const { stdout } = await run(line);
  expect(JSON.parse(stdout)).toBeTypeOf('object');
  expect(
    (await ok(...args.slice(0, 2).filter((word) => !/^(--|target|tap)/.test(word)), '--help')).stdout,
  ).toContain('--format');
});

it('questions without anybody to answer them name the options, and leave the project as it is', async () => {
  const before = await ok('plugin', 'list', '--format=json');
  const { code, stderr } = await run(['add', '--no-install', '--custom', 'tap-own', '--namespace=own']);
  expect(code).toBe(1);
  expect(stderr).toContain(
    '\nAborted!\n  There is no answer to: (pip_url) What to install; n for nothing\n' +
      '  fix: answer on the command line: --pip-url <package> --executable <name> --capabilities <list> --settings <list>\n',
  );
  expect((await ok('plugin', 'list', '--format=json')).stdout).toBe(before.stdout);
});

it('answers from a pipe are taken line by line, each question on a line of its own', async () => {
  const { code, stdout } = await run(
    ['add', '--no-install', '--custom', 'target-own'],
    '\nn\n\nport:integer\n',
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^\(namespace\) \[target_own\]: target_own\n\(pip_url\) .* \[target-own\]: n\n\(executable\) \[target-own\]: target-own\n\(settings\) .*: port:integer\nAdded loader/,
  );
});
