import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { meltano, meltanoOk, testProject } from './support/meltano-program.ts';

const yml = `default_environment: dev
environments: [{name: dev}]
plugins:
  extractors: [{name: tap-x, namespace: tap_x, executable: ./tap.sh}]
  loaders: [{name: target-x, namespace: target_x, executable: ./target.sh}]
  utilities: [{name: say, namespace: say, executable: ./tap.sh, commands: {hello: hello}}]
jobs:
- name: nightly
  tasks:
  - tap-x target-x say:hello
  - [tap-x target-x, say:hello]
  - - say:hello
- {name: short, tasks: ['say:hello']}
schedules:
- {name: all-tasks, interval: '@daily', job: nightly, env: {WORD: hi}}
- {name: cron, interval: '*/5 * * * 1-5', job: short, annotations: {team: a}, start_date: 2020-01-01}
- {name: once, interval: '@once', job: short}
- {name: by-hand, interval: '@manual', job: short}
- {name: never, interval: '@none', job: short}
- {name: pair, interval: '@hourly', extractor: tap-x, loader: target-x, transform: run, env: {A: b}}
- {name: pair-once, interval: '@once', extractor: tap-x, loader: target-x, transform: only}
- {name: pair-weekly, interval: '@weekly', extractor: tap-x, loader: target-x, transform: skip}
`;

const files = {
  'meltano.yml': yml,
  'tap.sh': '#!/bin/sh\n',
  'target.sh': '#!/bin/sh\ncat >/dev/null\n',
};

const job = (name: string, tasks: unknown) => ({ name, tasks });
const pair = { extractor: 'tap-x', loader: 'target-x' };
const epoch = '1970-01-01T00:00:00';
const args = (name: string, transform: string) => [
  'tap-x',
  'target-x',
  `--transform=${transform}`,
  `--state-id=${name}`,
];

/** What DAG generators read. Meltano 4.4.1 answers the same for this project, but for `start_date`. */
const golden = {
  schedules: {
    job: [
      {
        name: 'all-tasks',
        interval: '@daily',
        cron_interval: '0 0 * * *',
        env: { WORD: 'hi' },
        job: job('nightly', ['tap-x target-x say:hello', ['tap-x target-x', 'say:hello'], ['say:hello']]),
      },
      {
        name: 'cron',
        interval: '*/5 * * * 1-5',
        cron_interval: '*/5 * * * 1-5',
        env: {},
        job: job('short', ['say:hello']),
      },
      { name: 'once', interval: '@once', cron_interval: null, env: {}, job: job('short', ['say:hello']) },
      {
        name: 'by-hand',
        interval: '@manual',
        cron_interval: null,
        env: {},
        job: job('short', ['say:hello']),
      },
      { name: 'never', interval: '@none', cron_interval: null, env: {}, job: job('short', ['say:hello']) },
    ],
    elt: [
      {
        name: 'pair',
        ...pair,
        transform: 'run',
        interval: '@hourly',
        start_date: epoch,
        env: { A: 'b' },
        cron_interval: '0 * * * *',
        last_successful_run_ended_at: null,
        elt_args: args('pair', 'run'),
      },
      {
        name: 'pair-once',
        ...pair,
        transform: 'only',
        interval: '@once',
        start_date: epoch,
        env: {},
        cron_interval: null,
        last_successful_run_ended_at: null,
        elt_args: args('pair-once', 'only'),
      },
      {
        name: 'pair-weekly',
        ...pair,
        transform: 'skip',
        interval: '@weekly',
        start_date: epoch,
        env: {},
        cron_interval: '0 0 * * 0',
        last_successful_run_ended_at: null,
        elt_args: args('pair-weekly', 'skip'),
      },
    ],
  },
};

const list = ['schedule', 'list', '--format=json'];

it('schedule list --format=json is what DAG generators read, to the byte', async () => {
  await using project = await testProject(files);
  const { stdout } = await meltanoOk(['--log-level=warning', ...list], { cwd: project.folder });
  expect(stdout).toBe(`${JSON.stringify(golden, null, 2)}\n`);
});

it('no schedules: two empty lists', async () => {
  await using project = await testProject({ 'meltano.yml': 'environments: []\n' });
  const { stdout } = await meltanoOk(list, { cwd: project.folder });
  expect(JSON.parse(stdout)).toEqual({ schedules: { job: [], elt: [] } });
});

it('a schedule whose job is missing has none: the others still become DAGs', async () => {
  const yml = `jobs: [{name: short, tasks: []}]
schedules:
- {name: lost, interval: '@daily', job: gone}
- {name: kept, interval: '@daily', job: short}
`;
  await using project = await testProject({ 'meltano.yml': yml });
  const { stdout, stderr } = await meltanoOk(list, { cwd: project.folder });
  const { job: jobs } = JSON.parse(stdout).schedules;
  expect(jobs.map(({ name, job }: { name: string; job: unknown }) => [name, job])).toEqual([
    ['lost', null],
    ['kept', job('short', [])],
  ]);
  expect(stderr).toContain("Job 'gone' of schedule 'lost' was not found");
});

it('the link that DAGs call runs a schedule and a task; the end of the run is in the listing', async () => {
  await using project = await testProject(files);
  for (const name of ['tap.sh', 'target.sh']) await chmod(join(project.folder, name), 0o755);
  const options = { cwd: project.folder };
  await meltanoOk(list, options);
  const program = join(project.folder, '.meltano/run/bin');
  await meltanoOk(['schedule', 'run', 'pair-weekly'], { ...options, program });
  await meltanoOk(['run', 'tap-x', 'target-x', 'say:hello'], { ...options, program });
  const { stdout } = await meltanoOk(list, { ...options, program });
  const weekly = JSON.parse(stdout).schedules.elt[2];
  expect(weekly.last_successful_run_ended_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
  expect((await meltano(['schedule', 'run', 'lost'], { ...options, program })).code).toBe(1);
});
