import { describe, expect, test } from 'vitest';
import { parseProjectFile } from './document/parse-project-file.ts';
import { jobBlocks } from './job.ts';
import { parseProject } from './parse-project.ts';

const project = (main: string, included: Readonly<Record<string, string>> = {}) =>
  parseProject([
    parseProjectFile('meltano.yml', main),
    ...Object.entries(included).map(([path, text]) => parseProjectFile(path, text, { mayBeEmpty: true })),
  ]);

const failure = (main: string, included: Readonly<Record<string, string>> = {}) => {
  try {
    project(main, included);
  } catch (error) {
    return error;
  }
  return undefined;
};

test('plugins come in the order of their types and of the files, and know where they stand', () => {
  const { plugins } = project(
    'plugins:\n  loaders:\n  - name: target-a\n  extractors:\n  - name: tap-a\n    select: [a]\n',
    {
      'inc/b.yml':
        'plugins:\n  extractors:\n  - {name: tap-b, inherit_from: tap-a, variant: x, config: {a: 1}, metadata: {}}\n',
    },
  );
  expect(plugins.map(({ type, name, place }) => [type, name, place.file, place.line])).toEqual([
    ['extractors', 'tap-a', 'meltano.yml', 5],
    ['extractors', 'tap-b', 'inc/b.yml', 3],
    ['loaders', 'target-a', 'meltano.yml', 3],
  ]);
  expect(plugins[1]).toMatchObject({
    inheritFrom: 'tap-a',
    variant: 'x',
    config: { a: 1 },
    extras: { metadata: {} },
  });
});

test('`docs` is part of a custom plugin and an extra of any other', () => {
  const { plugins } = project(
    'plugins:\n  utilities:\n  - {name: a, namespace: a, docs: d}\n  - {name: b, docs: d}\n',
  );
  expect(plugins.map(({ extras }) => extras)).toEqual([{}, { docs: 'd' }]);
});

test('settings are flat, structure is none of them, env is text', () => {
  const { settings, env, merged } = project(
    'cli: {log_level: debug}\nelt.buffer_size: 5\nenv: {A: 5, B: true, C: null, D: x}\nmine: {x: 1}\nversion: 1\n',
    { 'b.yml': 'env: {D: y}\ncli: {log_format: json}\n' },
  );
  expect(settings).toEqual({
    'cli.log_level': 'debug',
    'cli.log_format': 'json',
    'elt.buffer_size': 5,
    'mine.x': 1,
  });
  expect(env).toEqual({ A: '5', B: 'True', C: null, D: 'y' });
  expect(merged['version']).toBe(1);
});

test('environments, jobs and schedules', () => {
  const { environments, jobs, schedules } = project(`environments:
- name: prod
  env: {REGION: eu}
  state_id_suffix: $BRANCH
  config:
    plugins:
      extractors:
      - {name: tap-x, config: {a: 1}, select: [b], env: {N: 1}}
jobs:
- name: j
  tasks: [tap-a target-b, [tap-c  target-d, dbt:run]]
- {name: one, tasks: tap-a target-b}
schedules:
- {name: s, interval: '@daily', job: j, env: {A: 1}}
- {name: e, interval: '0 1 * * *', extractor: tap-a, loader: target-b}
`);
  expect(environments[0]).toMatchObject({
    name: 'prod',
    env: { REGION: 'eu' },
    stateIdSuffix: '$BRANCH',
    plugins: [
      {
        type: 'extractors',
        name: 'tap-x',
        config: { a: 1 },
        extras: { select: ['b'] },
        env: { N: 1 },
        place: { line: 8 },
      },
    ],
  });
  expect(jobs.map(jobBlocks)).toEqual([
    ['tap-a', 'target-b', 'tap-c', 'target-d', 'dbt:run'],
    ['tap-a', 'target-b'],
  ]);
  expect(schedules).toMatchObject([
    { kind: 'job', job: 'j', env: { A: '1' } },
    { kind: 'elt', extractor: 'tap-a', loader: 'target-b', transform: 'skip' },
  ]);
});

describe('what is wrong is named with its place', () => {
  test('two elements of one name', () => {
    expect(
      failure('plugins:\n  extractors:\n  - name: a\n', {
        'b.yml': 'plugins:\n  extractors:\n  - name: a\n',
      }),
    ).toMatchObject({
      code: 'project.duplicate_name',
      message: "Two extractors are named 'a': meltano.yml line 3 and b.yml line 3",
    });
    expect(failure('jobs:\n- {name: a, tasks: []}\n- {name: a, tasks: []}\n')).toMatchObject({
      code: 'project.duplicate_name',
    });
  });
  test.each([
    ['plugins:\n  foo: []\n', 'project.unknown_plugin_type', "'foo' is not a valid PluginType"],
    [
      'plugins:\n  extractors:\n  - variant: x\n',
      'project.invalid_element',
      'Extractor in meltano.yml line 3 has no name',
    ],
    [
      'plugins:\n  extractors:\n  - {name: a, config: x}\n',
      'project.invalid_element',
      "Extractor 'a': `config` is not a mapping",
    ],
    [
      'plugins:\n  extractors:\n  - name: a:b\n',
      'project.invalid_name',
      "The name of extractor 'a:b' contains a colon",
    ],
    [
      'environments:\n- name: a:b\n',
      'project.invalid_name',
      "The name of environment 'a:b' contains a colon",
    ],
    ['jobs:\n- {name: a, tasks: {x: 1}}\n', 'project.invalid_element', "Job 'a' has invalid tasks"],
    ['schedules:\n- {name: a, job: b}\n', 'project.invalid_element', "Schedule 'a' has no `interval`"],
    [
      'schedules:\n- {name: a, interval: x, extractor: e, loader: l, transform: z}\n',
      'project.invalid_element',
      "'z' is not a way",
    ],
  ])('%j', (text, code, message) => {
    expect(failure(text)).toMatchObject({ code, message: expect.stringContaining(message) as string });
  });
  test('keys without meaning and deprecated ones are warnings', () => {
    const { warnings } = project('version: 1\njobs:\n- {name: a, tasks: [], env: {}}\n');
    expect(warnings.map(({ place }) => place.line)).toEqual([1, 3]);
  });
});
