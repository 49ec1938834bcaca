import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { meltano, meltanoOk, type TestProject, testProject } from './support/meltano-program.ts';

interface Report {
  readonly ok: boolean;
  readonly broken: number;
  readonly findings: readonly {
    subject: string;
    verdict: string;
    message: string;
    fix?: string;
    place?: object;
  }[];
}

/** Without a Hub: what is found must not depend on the network. */
async function doctor(cwd: string, env: Record<string, string> = {}) {
  const { code, stdout } = await meltano(['doctor', '--format', 'json'], {
    cwd,
    env: { MELTANO_HUB_URL: 'http://127.0.0.1:9', ...env },
  });
  const report = JSON.parse(stdout) as Report;
  const of = (subject: string) => report.findings.filter((finding) => finding.subject === subject);
  return { code, report, of };
}

const sound = `default_environment: dev
environments: [{name: dev}]
plugins:
  extractors: [{name: tap-a, namespace: tap_a, executable: ./tap.sh, settings: [{name: port}]}]
  loaders: [{name: target-b, namespace: target_b, executable: ./tap.sh}]
  mappers: [{name: mapper, namespace: mapper, executable: ./tap.sh, mappings: [{name: hide, config: {}}]}]
jobs: [{name: nightly, tasks: [tap-a hide target-b]}]
schedules: [{name: each-night, job: nightly, interval: '@daily'}]
`;

async function soundProject(yml = sound, more: Record<string, string> = {}): Promise<TestProject> {
  const project = await testProject({ 'meltano.yml': yml, 'tap.sh': '#!/bin/sh\n', ...more });
  await chmod(join(project.folder, 'tap.sh'), 0o755);
  return project;
}

it('a sound project: nothing broken, exit code 0; the Hub is only advice', async () => {
  await using project = await soundProject();
  const { code, report } = await doctor(project.folder);
  expect(report.findings.filter((finding) => finding.verdict !== 'fine')).toEqual([
    expect.objectContaining({ subject: 'Hub', verdict: 'advice', fix: expect.stringContaining('hub ping') }),
  ]);
  expect([code, report.ok]).toEqual([0, true]);
});

it('what is named and not there, with the nearest name', async () => {
  const yml = sound
    .replace('tap-a hide target-b', 'tap-a hid target-b dbt:run')
    .replace('job: nightly', 'job: nightli');
  await using project = await soundProject(yml);
  const { code, of } = await doctor(project.folder);
  expect(code).toBe(1);
  expect(of('Jobs').map(({ message, fix }) => [message, fix])).toEqual([
    [expect.stringContaining("'hid'"), "did you mean 'hide'?"],
    [expect.stringContaining("'dbt'"), expect.stringContaining('meltano add dbt')],
  ]);
  expect(of('Schedules')).toEqual([
    expect.objectContaining({
      verdict: 'broken',
      fix: "did you mean 'nightly'?",
      place: expect.objectContaining({ line: 8 }),
    }),
  ]);
});

it('plugins: locks, programs, packages', async () => {
  const yml = `plugins:
  extractors:
  - {name: tap-unlocked, variant: x}
  - {name: tap-other, variant: x}
  - {name: tap-gone, namespace: tap_gone, executable: ./gone.sh}
  - {name: tap-pip, namespace: tap_pip, pip_url: tap-pip==1.0}
`;
  const lock = JSON.stringify({
    plugin_type: 'extractors',
    name: 'tap-other',
    variant: 'y',
    namespace: 'tap_other',
  });
  await using project = await soundProject(yml, { 'plugins/extractors/tap-other--y.lock': lock });
  const first = await doctor(project.folder);
  expect(first.of('Lock files').map(({ message, fix }) => [message, fix])).toEqual([
    [
      "The lock file of extractor 'tap-unlocked' (variant 'x') is missing",
      'meltano lock tap-unlocked --plugin-type extractor',
    ],
    [expect.stringContaining('there is plugins/extractors/tap-other--y.lock instead'), expect.any(String)],
  ]);
  expect(first.of('Plugins').map(({ verdict, message }) => [verdict, message.slice(0, 60)])).toEqual([
    ['broken', expect.stringContaining("'./gone.sh'")],
    ['advice', "The extractor 'tap-pip' is not installed"],
  ]);
  const venv = join(project.folder, '.meltano/extractors/tap-pip/venv');
  await mkdir(join(venv, 'bin'), { recursive: true });
  await writeFile(join(venv, 'bin/python'), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(venv, '.meltano_plugin_fingerprint'), 'another');
  const second = await doctor(project.folder);
  expect(second.of('Plugins')[1]?.message).toContain('installed from other packages');
  expect(first.of('Python')[0]?.verdict).toBe('fine');
});

it('settings: variables and references that are not there; no command is started', async () => {
  const yml = sound.replace(
    'settings: [{name: port}]',
    "settings: [{name: port}], config: {port: $NOWHERE, a: '${env:NOBODY}', b: '${file:none}', c: '${exec:touch called}', d: '$MELTANO_PROJECT_ROOT $TAP_A_PORT'}",
  );
  await using project = await soundProject(yml);
  const { code, of } = await doctor(project.folder);
  expect(code).toBe(1);
  expect(of('Settings').map(({ verdict, message }) => [verdict, message])).toEqual([
    ['advice', expect.stringContaining("'port' of extractor 'tap-a' refers to the variable NOWHERE")],
    ['broken', expect.stringContaining('${env:NOBODY}, which is not set')],
    ['broken', expect.stringContaining('${file:none}, which does not exist')],
  ]);
  const { existsSync } = await import('node:fs');
  expect(existsSync(join(project.folder, 'called'))).toBe(false);
  const set = await doctor(project.folder, { NOWHERE: '1', NOBODY: '2' });
  expect(set.of('Settings').map(({ message }) => message)).toEqual([expect.stringContaining('${file:none}')]);
});

it('a .env that everybody can read, and a run that nobody ended', async () => {
  await using project = await soundProject(sound, { '.env': 'A=b\n' });
  const cwd = project.folder;
  await chmod(join(cwd, '.env'), 0o644);
  await meltanoOk(['state', 'list'], { cwd });
  const database = new DatabaseSync(join(cwd, '.meltano/meltano.db'));
  const insert = database.prepare(
    `INSERT INTO runs (job_name, state, started_at, payload, payload_flags, run_id, "trigger", last_heartbeat_at)
     VALUES (?, 'RUNNING', ?, '{}', 0, ?, 'cli', ?)`,
  );
  const now = new Date().toISOString().replace('T', ' ').slice(0, 23);
  insert.run('dev:old', '2020-01-01 00:00:00.000000', 'a'.repeat(32), '2020-01-01 00:00:00.000000');
  insert.run('dev:new', `${now}000`, 'b'.repeat(32), `${now}000`);
  database.close();
  const { code, of } = await doctor(cwd);
  expect(code).toBe(0);
  expect(of('.env')).toEqual([
    expect.objectContaining({ verdict: 'advice', fix: `chmod 600 ${join(cwd, '.env')}` }),
  ]);
  expect(of('Runs').map(({ message }) => message)).toEqual([expect.stringContaining("'dev:old'")]);
  await chmod(join(cwd, '.env'), 0o600);
  expect((await doctor(cwd)).of('.env')[0]?.verdict).toBe('fine');
});

it('stores that do not answer, and project files that cannot be read', async () => {
  await using project = await soundProject();
  const state = await doctor(project.folder, { MELTANO_STATE_BACKEND_URI: 'nowhere://x' });
  expect([state.code, state.of('State')[0]?.verdict]).toEqual([1, 'broken']);
  const database = await doctor(project.folder, {
    MELTANO_DATABASE_URI: `sqlite:///${project.folder}/tap.sh`,
  });
  expect([database.code, database.of('System database')[0]?.verdict]).toEqual([1, 'broken']);
  await writeFile(join(project.folder, 'meltano.yml'), 'plugins: [\n');
  const broken = await meltano(['doctor'], { cwd: project.folder });
  expect(broken.code).toBe(1);
  expect(broken.stdout).toContain('meltano.yml:');
  expect(broken.stdout).toMatch(/Node\.js/);
  expect(broken.stdout.trimEnd().split('\n').at(-1)).toMatch(/^1 broken, /);
});

it('settings: what is needed and not set, and what is misspelt', async () => {
  const tap = `{name: tap-a, namespace: tap_a, executable: ./tap.sh, settings: [{name: host}, {name: database}, {name: url}], settings_group_validation: [[host, database], [url]], config: {databse: x, host: h, other: 1}}`;
  const yml = (more = '') =>
    sound.replace(/extractors: .*/, `extractors: [${tap.replace('other: 1', `other: 1${more}`)}]`);
  await using project = await soundProject(yml());
  const { code, of } = await doctor(project.folder);
  expect(code).toBe(0);
  expect(of('Settings')).toEqual([
    expect.objectContaining({
      verdict: 'advice',
      message: "The extractor 'tap-a' lacks settings: database; or url",
      fix: 'meltano config set --interactive tap-a',
    }),
    expect.objectContaining({
      message: expect.stringContaining("'databse'"),
      fix: "did you mean 'database'?",
    }),
  ]);
  await writeFile(join(project.folder, 'meltano.yml'), yml(', url: u').replace('databse: x, ', ''));
  expect((await doctor(project.folder)).of('Settings')).toEqual([
    expect.objectContaining({ verdict: 'fine' }),
  ]);
});
