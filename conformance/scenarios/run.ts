import { differs, drops, prints, stores } from '../differences.ts';
import { type Scenario, scenario, step } from '../scenario.ts';
import { scripts, scriptsYml, tapUsers, targetStates } from './fixtures.ts';

const failing = (code: number, more = '') => `#!/bin/sh\necho 'giving up' >&2\n${more}exit ${code}\n`;
const drain = 'while read -r line; do :; done\n';

const blocksYml = `${scriptsYml}  mappers:
  - name: mapper-m
    namespace: mapper_m
    executable: ./mapper.sh
    mappings:
    - name: pass
      config: {a: 1}
    - name: other
      config: {b: $TAP_X_NAME}
  utilities:
  - name: util
    namespace: util
    executable: ./util.sh
    commands:
      ok: good one
      bad:
        args: bad
        description: Fails
      miss: $NOPE_NOPE
jobs:
- name: both
  tasks:
  - tap-x target-x
  - [util:ok, tap-x pass target-x]
- name: fails
  tasks: [util:bad, util:ok]
- name: nested
  tasks: [both]
- name: util
  tasks: [util:ok]
`;
const blocks = {
  ...scripts,
  'meltano.yml': blocksYml,
  'mapper.sh': '#!/bin/sh\ncat\n',
  'util.sh': '#!/bin/sh\necho "out $*"\necho "err $*" >&2\ncase $1 in bad) exit 4 ;; esac\nexit 0\n',
};

const noisy = `#!/bin/sh
while [ $# -gt 0 ]; do [ "$1" = --state ] && { echo "state: $(tr -d ' \\n' <"$2")" >&2; }; shift; done
echo '{"type":"STATE","value":{"bookmarks":{"users":{"id":2}}}}'
`;

interface Run {
  readonly state: string;
}

const stateEnvironment = drops('state-environment', /^Environment '/);

/** The plugin is named, the remedy is a hint, and the reason is a line of its own. */
const commandReason = (err: string) =>
  differs('command-reason', (theirs) => ({
    ...theirs,
    log: theirs.log.flatMap((line) =>
      line.event === 'Block run completed'
        ? [
            { level: 'error', event: '(a sentence)' },
            { ...line, err: `Cannot start plugin util: Command ${err}` },
          ]
        : [line],
    ),
  }));

export const runScenarios: readonly Scenario[] = [
  scenario('extract and load, twice', scripts, [
    'run tap-x target-x',
    'run tap-x target-x',
    step('state get dev:tap-x-to-target-x', { differs: [stateEnvironment] }),
  ]),
  scenario('the state a tap gets', { ...scripts, 'tap.sh': noisy }, [
    'run tap-x target-x',
    'run tap-x target-x',
    'run --full-refresh tap-x target-x',
    'state export',
    'run --state-strategy=merge tap-x target-x',
    'state export',
    'run --state-strategy=overwrite --full-refresh tap-x target-x',
    'state export',
    'run --merge-state tap-x target-x',
    step('run --merge-state --state-strategy=overwrite tap-x target-x', {
      differs: [drops('usage-first', "Environment 'dev' is active")],
    }),
    'run --state-strategy=nope tap-x target-x',
  ]),
  scenario('a tap that fails', { ...scripts, 'tap.sh': `${tapUsers}exit 3\n` }, [
    'run tap-x target-x',
    step('state get dev:tap-x-to-target-x', { differs: [stateEnvironment] }),
  ]),
  scenario('a target that fails', { ...scripts, 'target.sh': failing(4, drain) }, ['run tap-x target-x']),
  scenario('both fail', { ...scripts, 'tap.sh': `${tapUsers}exit 3\n`, 'target.sh': failing(4, drain) }, [
    'run tap-x target-x',
  ]),
  scenario('a program that is not there', { 'meltano.yml': scriptsYml, 'target.sh': targetStates }, [
    step('run tap-x target-x', {
      differs: [drops('programs-first', 'No state was found, complete import')],
    }),
  ]),
  scenario('blocks in a row', blocks, [
    'run tap-x pass target-x util:ok util',
    'run tap-x pass target-x',
    'run util:bad util:ok',
    step('run util:miss', {
      differs: [commandReason("'miss' referenced unset environment variable '$NOPE_NOPE' in an argument")],
    }),
    step('run util:none', {
      differs: [
        commandReason(
          "'none' could not be found. Utility 'util' supports the following commands: ok, bad, miss",
        ),
      ],
    }),
  ]),
  scenario('blocks that make no sense', blocks, [
    'run',
    'run nope',
    'run tap-x',
    'run tap-x pass',
    'run target-x',
    'run pass target-x',
    'run tap-x util target-x',
    'run tap-x tap-x target-x',
    'run tap-x mapper-m target-x',
    "run 'tap-x target-x'",
    'run tap-x target-x nope',
    'run util:',
  ]),
  scenario('jobs', blocks, ['run both', 'run fails', 'run nested', 'run both fails']),
  scenario('a mapper that fails', { ...blocks, 'mapper.sh': `#!/bin/sh\ncat\nexit 5\n` }, [
    'run tap-x pass target-x',
  ]),
  scenario('state ids', scripts, [
    'run --state-id-suffix=sfx tap-x target-x',
    step('run tap-x target-x', { env: { MELTANO_RUN_STATE_ID_SUFFIX: 'fromenv' } }),
    '--environment=prod run tap-x target-x',
    'run --state-id-suffix=a:b tap-x target-x',
    'run --run-id=6f2fd6e4-1d6f-4b3d-8f6c-1a2b3c4d5e6f tap-x target-x',
    'run --run-id=zebra tap-x target-x',
    'run --timeout=0 tap-x target-x',
    step('state list', {
      differs: [
        prints(
          'states-sorted',
          'dev:tap-x-to-target-x',
          'dev:tap-x-to-target-x:fromenv',
          'dev:tap-x-to-target-x:sfx',
          'prod:tap-x-to-target-x',
        ),
      ],
    }),
  ]),
  scenario(
    'a suffix of the environment',
    {
      ...scripts,
      'meltano.yml': scriptsYml.replace('- name: dev\n', '- name: dev\n  state_id_suffix: b-${BRANCH}\n'),
    },
    [step('run tap-x target-x', { env: { BRANCH: 'main' } }), 'state list'],
  ),
  scenario(
    'without an environment',
    {
      ...scripts,
      'meltano.yml': scriptsYml.replace('default_environment: dev\n', ''),
    },
    [
      'run tap-x target-x',
      step('--no-environment run tap-x target-x', {
        differs: [drops('usage-first', 'No Meltano environment was selected')],
      }),
    ],
  ),
  scenario('dry run', blocks, [
    step('--log-level=info run --dry-run tap-x target-x util:ok util', {
      only: /^Plan for environment/,
      differs: [differs('dry-run-plan', { stdout: ['Plan for environment dev'] })],
    }),
    'state list',
  ]),
  scenario('no state update', scripts, [
    'run --no-state-update tap-x target-x',
    step('run tap-x target-x', { env: { MELTANO_RUN_NO_STATE_UPDATE: '1' } }),
    step('run tap-x target-x', { env: { MELTANO_RUN_NO_STATE_UPDATE: 'zebra' } }),
    'state list',
  ]),
  scenario('timeout', { ...scripts, 'tap.sh': '#!/bin/sh\nexec sleep 30\n' }, [
    step('run --timeout=1 tap-x target-x', {
      differs: [
        stores('timeout-said', 'runs', (rows: Run[]) =>
          rows.map((row) => ({
            ...row,
            payload: { error: 'The process was interrupted: the run timed out' },
          })),
        ),
      ],
    }),
  ]),
  scenario('el', scripts, [
    'el tap-x target-x --state-id=mine',
    'el tap-x target-x --state-id=mine',
    'el tap-x target-x',
    step('el tap-x nope', { differs: [differs('plugins-first', { tables: {} })] }),
    'el tap-x target-x --state-id=mine --dump=state',
    'el tap-x target-x --state-id=mine --dump=extractor-config',
    'el tap-x target-x --state-id=mine --dump=catalog',
    step('state list', { differs: [prints('states-sorted', '<time>--tap-x--target-x', 'mine')] }),
    step('el tap-x target-x', {
      env: { MELTANO_STATE_ID: 'viaenv' },
      differs: [
        stores('plugins-first', 'runs', (rows: Run[]) => rows.filter(({ state }) => state !== 'FAIL')),
      ],
    }),
  ]),
  scenario('el that fails', { ...scripts, 'tap.sh': failing(3) }, [
    step('el tap-x target-x --state-id=mine', {
      differs: [
        stores('own-words', 'runs', (rows: Run[]) =>
          rows.map((row) => ({ ...row, payload: { error: 'Extractor failed' } })),
        ),
      ],
    }),
  ]),
  scenario(
    'log lines with a level',
    {
      ...scripts,
      'meltano.yml': scriptsYml.replace('    - state\n', '    - state\n    - structured-logging\n'),
      'tap.sh': `#!/bin/sh
echo '{"level":"warning","pid":1,"logger_name":"tap","ts":1.5,"thread_name":"m","app_name":"tap","stream_name":"users","message":"careful"}' >&2
echo '{"level":"info"}' >&2
printf 'trailing   \\n\\nno end' >&2
`,
    },
    ['run tap-x target-x'],
  ),
];
