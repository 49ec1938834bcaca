import { drops, exits, leaves, prints, replaces, writes } from '../differences.ts';
import { type Scenario, scenario, step } from '../scenario.ts';
import { scripts } from './fixtures.ts';

const commented = `# What this project is about
default_environment: dev  # the usual one
project_id: p1

environments:
  - name: dev   # mine
  - name: "prod"

plugins:
    extractors:
      # the first one
      - name: 'tap-k'  # quoted
        namespace: tap_k
        executable: x
        settings:
          - {name: host, value: "a"}
          - name: port
            kind: integer
        config:
          host: "quoted"   # keep me
          nested: {a: 1, b: [1, 2]}
          text: |
            two
            lines

    loaders:
      - name: target-k
        namespace: target_k
        executable: x
# the end
`;

const heirs = (...lines: readonly string[]) => [
  exits('settings-of-heirs', 0),
  prints('settings-of-heirs', ...lines),
  drops('settings-of-heirs', '(a sentence)'),
];

/** Commands that write project files of every style. */
export const projectScenarios: readonly Scenario[] = [
  scenario('edits in a file with comments', { 'meltano.yml': commented }, [
    'config set tap-k port 1',
    'config set tap-k host other',
    'config set tap-k nested.a 2',
    'config set tap-k nested.c.d 3',
    'config set target-k fresh yes',
    step('config unset tap-k host', {
      differs: [
        replaces(
          'unset-everywhere',
          'in the system database was',
          'in the system database, `meltano.yml`, and `.env` was',
        ),
      ],
    }),
    step('add --no-install --inherit-from=tap-k tap-l', {
      differs: [leaves('no-custom-locks', 'plugins/extractors/tap-k.lock')],
    }),
    'add --no-install tap-shop',
    "select tap-k users '*'",
    'environment add staging',
    "job add j --tasks '[tap-k target-k]'",
    'schedule add s --interval=@daily --job=j',
    'schedule set s --interval=@hourly',
    'remove tap-l',
    'environment remove prod',
    'job remove j',
    'schedule remove s',
    '--environment=dev config set tap-k port 5',
    'config print tap-k',
  ]),
  scenario(
    'included files',
    {
      'meltano.yml':
        "project_id: p1\ninclude_paths: ['./a.yml', './sub/*.yml']\nenvironments:\n- name: dev\n",
      'a.yml': 'plugins:\n  extractors:\n  - name: tap-a\n    namespace: tap_a\n    executable: x\n',
      'sub/b.yml':
        'plugins:\n  loaders:\n  - name: target-b\n    namespace: target_b\n    executable: x\nenvironments:\n- name: prod\n',
    },
    [
      'environment list',
      'config set tap-a host h',
      'config print tap-a',
      '--environment=prod config set target-b path p',
      '--environment=prod config print target-b',
      'add --no-install tap-shop',
      'remove target-b',
      step('environment remove prod', {
        differs: [writes('edited-lines', 'sub/b.yml', () => ({ environments: [] }))],
      }),
    ],
  ),
  scenario(
    'an .env with everything',
    {
      ...scripts,
      '.env': '# mine\nexport A=1\nB=\'two words\' # note\nC="x${A}y\\n"\n\nTAP_X_HOST=old\nD\n',
    },
    [
      'config print tap-x',
      'config set tap-x --store=dotenv host new',
      'config set meltano --store=dotenv cli.log_level info',
      "config set meltano hub_url_auth 'it''s'",
      'config unset tap-x --store=dotenv host',
    ],
  ),
  scenario('a folder of its own for the system', scripts, [
    step('run tap-x target-x', { env: { MELTANO_SYS_DIR_ROOT: '.meltano/elsewhere' } }),
    step('config print tap-x', { env: { MELTANO_SYS_DIR_ROOT: '.meltano/elsewhere' } }),
  ]),
  scenario(
    'a locked plugin',
    {
      'meltano.yml': `project_id: p1
plugins:
  extractors:
  - name: tap-shop
    variant: acme
    pip_url: mine
    config: {username: bob}
  - name: tap-two
    inherit_from: tap-shop
    settings:
    - name: own
      value: 1
`,
      'plugins/extractors/tap-shop--acme.lock': `{
  "plugin_type": "extractors",
  "name": "tap-shop",
  "namespace": "tap_shop",
  "variant": "acme",
  "label": "Shop",
  "pip_url": "theirs",
  "capabilities": ["state"],
  "settings": [{"name": "username"}, {"name": "token", "kind": "password"}, {"name": "n", "kind": "integer", "value": 3}],
  "commands": {"hello": "hi"},
  "env": {"FROM_LOCK": "1"}
}
`,
    },
    [
      'config print tap-shop',
      'config list tap-shop',
      step('config print tap-two', {
        differs: heirs('{', '  "username": "bob",', '  "n": 3,', '  "own": 1', '}'),
      }),
      step('config list tap-two', {
        differs: heirs(
          'Configured:',
          "username [env: TAP_TWO_USERNAME] current value: 'bob' (inherited from 'tap-shop')",
          '',
          'Optional settings with default values: 3 hidden. Use --all to show all.',
        ),
      }),
      step('config print tap-two --format=env', {
        differs: heirs(
          ...['USERNAME', 'N', 'OWN'].flatMap((name, index) =>
            ['TAP_TWO', 'TAP_SHOP', 'MELTANO_EXTRACT'].map(
              (prefix) => `${prefix}_${name}='${['bob', '3', '1'][index]}'`,
            ),
          ),
          '',
        ),
      }),
      'invoke --no-install --list-commands tap-shop',
      'lock',
      'lock --update tap-shop',
      step('plugin list --format=json', {
        differs: [
          replaces(
            'native-plugins',
            /^( +)"pip_url": "mine"$/gm,
            '$1"pip_url": "mine",\n$1"npm_package": null',
          ),
        ],
      }),
    ],
  ),
  scenario('two plugins whose names begin alike', { 'meltano.yml': 'project_id: p1\n' }, [
    'add --no-install tap-shop',
    'add --no-install --inherit-from=tap-shop --variant=other tap-shop-two',
    step('remove tap-shop-two', { differs: [drops('no-database-yet', '(a sentence)')] }),
    step('remove tap-shop', { differs: [drops('no-database-yet', '(a sentence)')] }),
  ]),
  scenario(
    'broken project files',
    { 'meltano.yml': 'plugins: [\n' },
    ['environment list', 'config print meltano'].map((line) => step(line)),
  ),
  scenario(
    'a plugin that is in no Hub',
    {
      'meltano.yml':
        'project_id: p1\nplugins:\n  extractors:\n  - name: tap-nowhere\n  - name: tap-orphan\n    inherit_from: tap-nobody\n',
    },
    ['config print tap-nowhere', 'config print tap-orphan', 'plugin list --format=json', 'environment list'],
  ),
];
