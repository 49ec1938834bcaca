import { differs, drops, exits, leaves, listsOnce, logs, prints, replaces, writes } from '../differences.ts';
import { type Scenario, scenario, step } from '../scenario.ts';
import { scripts, scriptsYml } from './fixtures.ts';

const usageFirst = drops('usage-first', /^The default environment/);
const startDate = replaces(
  'start-date',
  /^( +)("interval": "(?:0 \* \* \* \*|@once)",)$/gm,
  '$1$2\n$1"start_date": "1970-01-01T00:00:00",',
);
const npmPackage = replaces(
  'native-plugins',
  /^( +)"pip_url": null$/gm,
  '$1"pip_url": null,\n$1"npm_package": null',
);

const yml = `${scriptsYml}  utilities:
  - name: util
    namespace: util
    executable: ./util.sh
    commands:
      ok: ok
jobs:
- name: j1  # first
  tasks:
  - tap-x target-x
  - - util:ok
    - util
schedules:
- name: s1
  interval: '@daily'
  job: j1
  env:
    A: b
- name: s2
  interval: 0 * * * *
  extractor: tap-x
  loader: target-x
  transform: skip
- name: s3
  interval: '@once'
  extractor: tap-x
  loader: target-x
  transform: run
`;
const files = { ...scripts, 'meltano.yml': yml, 'util.sh': '#!/bin/sh\necho "util $* A=$A"\n' };

const ignoresModules = writes('node-modules', 'shop/.gitignore', (text: string) =>
  text.replace('/venv\n', '/venv\n/node_modules\n'),
);

export const jobScenarios: readonly Scenario[] = [
  scenario('list', files, [
    'job list',
    'job list --format=json',
    'job list j1',
    'job list j1 --format=json',
    'job list nope',
    'job list nope --format=json',
  ]),
  scenario('none', scripts, ['job list', 'job list --format=json']),
  scenario('add, set, remove', files, [
    "job add j2 --tasks 'tap-x target-x'",
    `job add j3 --tasks '["tap-x target-x", ["util:ok", "util"]]'`,
    "job add j2 --tasks 'tap-x target-x'",
    "job add j4 --tasks 'tap-x nope'",
    "job add j4 --tasks 'tap-x'",
    "job add j4 --tasks '{a: 1}'",
    "job add j4 --tasks '[[[a]]]'",
    "job add j4 --tasks '['",
    step('job add j4', { differs: [usageFirst, exits('usage-first', 2)] }),
    "job set j2 --tasks 'util:ok'",
    "job set nope --tasks 'util:ok'",
    'job remove j2',
    'job remove nope',
  ]),
];

export const scheduleScenarios: readonly Scenario[] = [
  scenario('list', files, [
    'schedule list',
    step('schedule list --format=json', { differs: [startDate] }),
    step('schedule list --format=zebra', { differs: [usageFirst] }),
  ]),
  scenario('none', scripts, ['schedule list', 'schedule list --format=json']),
  scenario('add', files, [
    'schedule add n1 --interval=@hourly --job=j1',
    "schedule add n2 --interval='*/5 * * * *' --extractor=tap-x --loader=target-x",
    'schedule add n3 --interval=@once --extractor tap-x --loader target-x --transform run',
    'schedule n4 --interval=@daily --job=j1',
    'schedule add n1 --interval=@hourly --job=j1',
    'schedule add n5 --interval=zebra --job=j1',
    step('schedule add n5 --interval=@daily --job=j1 --extractor=tap-x', { differs: [usageFirst] }),
    step('schedule add n5 --interval=@daily', { differs: [usageFirst] }),
    step('schedule add n5 --interval=@daily --extractor=tap-x', { differs: [usageFirst] }),
    'schedule add n6 --interval=@daily --job=nope',
    step('schedule list', {
      differs: [
        exits('dangling-schedule', 0),
        replaces('dangling-schedule', /\n$/, '\n[@daily] job n6: nope → []\n'),
        differs('dangling-schedule', (theirs) => ({
          ...theirs,
          log: theirs.log.map((line) =>
            line.level === 'error' ? { ...line, event: "Job 'nope' of schedule 'n6' was not found" } : line,
          ),
        })),
      ],
    }),
  ]),
  scenario('set and remove', files, [
    'schedule set s1 --interval=@weekly',
    'schedule set s1 --extractor=tap-x',
    'schedule set s2 --loader=target-y',
    'schedule set s2 --job=j1',
    'schedule set nope --job=j1',
    'schedule set s1',
    'schedule remove s1',
    'schedule remove nope',
  ]),
  scenario('run', files, [
    'schedule run s1',
    'schedule run s2',
    'schedule run nope',
    step('schedule run s1 --dry-run', {
      only: /^Plan for environment/,
      differs: [differs('dry-run-plan', { stdout: ['Plan for environment dev'] })],
    }),
    step('schedule list --format=json', { differs: [startDate] }),
  ]),
  scenario(
    'intervals',
    scripts,
    [
      '@yearly',
      '@annually',
      '@monthly',
      '@weekly',
      '@midnight',
      '@hourly',
      '@none',
      '@manual',
      '0 0 L * *',
      '0 0 * jan-mar mon',
      '0 0 * * 7',
      '61 * * * *',
      '* * * *',
      '0 0 ? * *',
    ].map((interval, index) => ({
      args: ['schedule', 'add', `i${index}`, '--interval', interval, '--job', 'j'],
    })),
  ),
  scenario('an alias in capitals', { 'meltano.yml': 'project_id: p1\n' }, [
    step('schedule add s --interval=@DAILY --job=j', {
      differs: [
        exits('capital-alias', 1),
        prints('capital-alias'),
        logs('capital-alias', 'error', '(a sentence)'),
        leaves('capital-alias', 'meltano.yml'),
      ],
    }),
  ]),
];

export const environmentScenarios: readonly Scenario[] = [
  scenario(
    'environments',
    { 'meltano.yml': '# top\nproject_id: p1\ndefault_environment: dev\nenvironments:\n- name: dev # mine\n' },
    [
      'environment list',
      'environment add staging',
      'environment add staging',
      'environment add a:b',
      'environment remove staging',
      'environment remove nope',
      'environment remove dev',
      'environment list',
    ],
  ),
  scenario('none yet', { 'meltano.yml': 'project_id: p1\n' }, ['environment list', 'environment add dev']),
  scenario(
    'in included files',
    {
      'meltano.yml': "project_id: p1\ninclude_paths: ['./sub/*.yml']\nplugins: {}\n",
      'sub/one.yml': `environments:
- name: dev
plugins:
  extractors:
  - name: tap-i   # included
    namespace: tap_i
    executable: x
jobs:
- name: ji
  tasks: [tap-i]
`,
    },
    [
      'environment list',
      step('config set tap-i host a', { differs: [leaves('edited-lines', 'meltano.yml')] }),
      step('environment add prod', {
        differs: [writes('edited-lines', 'meltano.yml', (yml: object) => ({ ...yml, plugins: {} }))],
      }),
      'job list',
      step('plugin list', {
        differs: [prints('plugin-table', 'type       name   variant  from', 'extractor  tap-i           x')],
      }),
      step('plugin list --format=json', { differs: [npmPackage] }),
    ],
  ),
];

/** What `init` did, without its banner and its advice. */
const created = /^(Creating|created|   \|--|  \w+\/)/;

export const smallScenarios: readonly Scenario[] = [
  scenario('plugins', files, [
    step('plugin list', {
      differs: [
        prints(
          'plugin-table',
          'type       name      variant  from',
          'extractor  tap-x              ./tap.sh',
          'loader     target-x           ./target.sh',
          'utility    util               ./util.sh',
        ),
      ],
    }),
    step('plugin list --format=json', { differs: [npmPackage] }),
  ]),
  scenario(
    'compile',
    files,
    [step('compile', { differs: [listsOnce] }), 'compile --indent=0', '--environment=dev compile --unsafe'],
    {
      also: ['manifests'],
    },
  ),
  scenario('logs', files, [
    step('logs list', {
      differs: [
        exits('no-database-yet', 0),
        prints('no-database-yet', 'No job runs found.'),
        drops('no-database-yet', '(a sentence)'),
      ],
    }),
    step('logs list --format=json', {
      differs: [
        exits('no-database-yet', 0),
        prints('no-database-yet', '{', '  "runs": [],', '  "total": 0', '}'),
        drops('no-database-yet', '(a sentence)'),
      ],
    }),
    'logs dir',
    'logs show 01a21628-6216-770d-87f3-d7acd968ee9b',
    'logs show zebra',
    'run tap-x target-x',
    'logs list --format=json',
  ]),
  scenario('hub', files, [
    'hub ping',
    step('hub ping', { env: { MELTANO_HUB_URL: 'http://127.0.0.1:9' } }),
    step('add --no-install tap-shop', { env: { MELTANO_HUB_URL: 'http://127.0.0.1:9' } }),
  ]),
  scenario('init', {}, [
    step('init shop', { only: created, differs: [ignoresModules] }),
    'init shop',
    step('init shop --force', { only: created }),
    step('environment list', { cwd: 'shop' }),
  ]),
  scenario(
    'test',
    {
      'meltano.yml': `project_id: p1
plugins:
  utilities:
  - name: util
    namespace: util
    executable: ./util.sh
    commands:
      test-one: one
      test-two: two
      other: other
`,
      'util.sh': '#!/bin/sh\necho "util $1"\ncase $1 in two) exit 3 ;; esac\n',
    },
    [
      'test',
      'test util:test-one',
      'test util:test-two',
      'test --all',
      'test util',
      'test nope',
      'test util:nope',
    ],
  ),
  scenario('config test', { ...scripts, 'target.sh': '#!/bin/sh\nwhile read -r line; do :; done\n' }, [
    'config test tap-x',
    step('config test target-x', {
      differs: [
        exits('target-test', 0),
        prints('target-test', 'Plugin configuration is valid'),
        drops('target-test', '(a sentence)'),
      ],
    }),
    'config test meltano',
    step('config test tap-x', { write: { 'tap.sh': '#!/bin/sh\necho broken >&2\nexit 2\n' } }),
    step('config test target-x', { write: { 'target.sh': '#!/bin/sh\necho "some Error" >&2\n' } }),
  ]),
];
