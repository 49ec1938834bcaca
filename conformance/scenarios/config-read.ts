import { exits, logs, prints, replaces } from '../differences.ts';
import { type Scenario, scenario, step } from '../scenario.ts';
import { kinds, kindsYml } from './fixtures.ts';

const inherited = `project_id: p1
plugins:
  extractors:
  - name: tap-a
    namespace: tap_ns
    executable: x
    settings:
    - name: url
    - name: depth
      kind: integer
      value: 1
    config:
      url: https://a.example.com
      custom: {deep: {er: 1}}
    select: ['users.*']
  - name: tap-b
    inherit_from: tap-a
    config:
      depth: 2
  - name: tap-c--x
    inherit_from: tap-b
    config:
      own: $TAP_B_URL and \${UNSET}
`;

const environments = `default_environment: dev
env:
  ROOT: root-\${SHELLV}
environments:
- name: dev
  config:
    plugins:
      extractors:
      - name: tap-k
        config:
          host: dev-$ROOT
          auth: {user: dev}
        select: ['dev.*']
  env:
    ROOT: from-dev
- name: prod
  config:
    plugins:
      extractors:
      - name: tap-k
        config:
          port: 1
          fresh: yes
${kindsYml.replace('# The project of every kind of setting\n', '')}    config:
      host: file
      port: 7
`;

/** Descriptions of settings are prose. */
const withoutDescriptions = /^(?!\t|To learn more)./;

const groupsHeading = replaces('own-words', /^Setting groups .*$/m, 'Required settings groups:');

export const configReadScenarios: readonly Scenario[] = [
  scenario('defaults', kinds, [
    'config print tap-k',
    'config print tap-k --format=env',
    'config list tap-k',
    'config list tap-k --all',
    'config list tap-k --extras',
    'config list tap-k --filter=AUTH',
    'config list tap-k --filter=zzz',
    'config print tap-k --extras',
    'config print --format env --extras tap-k',
  ]),
  scenario('variables', kinds, [
    step('config print tap-k', {
      env: {
        TAP_K_HOST: 'h',
        TAP_K_PORT: ' 1_000 ',
        TAP_K_FAST: 'yes',
        TAP_K_TAGS: "('a', 'b')",
        TAP_K_EXTRA: "{'k': {'n': 1}, 'l.m': True}",
        TAP_K_LOGIN: 'me',
        TAP_K_TOKEN: 'secret',
        TAP_K_S3__ENDPOINT: 'e',
        TAP_K_MODE: 'b',
        TAP_K_SINCE: '2020-01-01T00:00',
      },
      differs: [replaces('literal-dots', /"n": 1\n {4}\}/, '"n": 1\n    },\n    "l.m": true')],
    }),
    step('config list tap-k', { env: { TAP_K_HOST: 'h', TAP_K_TOKEN: 't', TAP_K_USERNAME: 'u' } }),
    step('config print tap-k', { env: { TAP_K_PORT: 'abc' } }),
    step('config print tap-k', {
      env: { TAP_K_FAST: 'nope', TAP_K_TAGS: '"abc"' },
      differs: [
        exits('text-is-no-list', 1),
        prints('text-is-no-list'),
        logs('text-is-no-list', 'error', '(a sentence)'),
      ],
    }),
    step('config print tap-k', { env: { TAP_K_TAGS: 'zz' } }),
    step('config print tap-k', { env: { TAP_K_EXTRA: 'zz' } }),
    step('config print tap-k', { env: { TAP_K_MODE: 'zz' } }),
    step('config print tap-k', { env: { TAP_K_USERNAME: 'a', TAP_K_LOGIN: 'a' } }),
    step('config print tap-k', { env: { TAP_K_USERNAME: 'a', TAP_K_LOGIN: 'b' } }),
    step('config print tap-k', { env: { TAP_K_HOST: '' } }),
    step('config --unsafe print tap-k', { env: { TAP_K_TOKEN: 'secret' } }),
    step('config --unsafe list tap-k', { env: { TAP_K_TOKEN: 'secret' } }),
    step('config print tap-k --unsafe', {}),
  ]),
  scenario(
    'dotenv',
    {
      ...kinds,
      '.env':
        'TAP_K_HOST=\'from dotenv\'\nexport TAP_K_PORT=9 # comment\nTAP_K_TOKEN="a\\"b"\nTAP_K_AUTH_REALM="${TAP_K_HOST}!"\n',
      other: 'TAP_K_HOST=other\n',
    },
    [
      'config list tap-k',
      step('config list tap-k', { env: { TAP_K_HOST: 'shell' } }),
      '--env-file=other config print tap-k',
      '--env-file=missing config print tap-k',
      'config --unsafe print tap-k --format=env',
    ],
  ),
  scenario('inheritance', { 'meltano.yml': inherited }, [
    'config print tap-b',
    'config print tap-c--x',
    'config list tap-b',
    'config list tap-c--x',
    'config print tap-c--x --format=env',
    'config print tap-c--x --extras',
    step('config list tap-b', { env: { TAP_A_URL: 'shell-a' } }),
    step('config list tap-b', { env: { TAP_B_URL: 'shell-b' } }),
  ]),
  scenario('environments', { 'meltano.yml': environments }, [
    step('config list tap-k', { env: { SHELLV: 's' } }),
    step('--environment=dev config list tap-k', { env: { SHELLV: 's' } }),
    step('--environment=prod config list tap-k', { env: { SHELLV: 's' } }),
    '--environment=dev config print tap-k',
    '--environment=dev config print tap-k --extras',
    '--no-environment config print tap-k',
  ]),
  scenario(
    'expansion',
    {
      'meltano.yml': `project_id: p1
plugins:
  extractors:
  - name: tap-e
    namespace: tap_e
    executable: x
    config:
      a: $A-\${B_C}
      b: $lower \${lower}
      c: $Ab
      d: "[$AB]"
      e: \\$A \\\${A}
      f: '\\\\$A'
      g: $1 \${} \${A:-d}
      h: $$A
      i: [$A, {k: $A}]
      j: {n: {m: $A}}
      k: $UNSET
      l: 2024-01-02
      m: 1.50
      n: true
      o: null
      p: 0123
      q: 12345678901234567890
      r: ''
    load_schema: $A
`,
    },
    [
      step('config print tap-e', { env: { A: '1', B_C: '2', lower: '3' } }),
      step('config list tap-e', {
        env: { A: '1', B_C: '2', lower: '3' },
        differs: [replaces('digits', 'value: 1.5 ', 'value: 1.50 ')],
      }),
      step('config print tap-e', {
        env: { MELTANO_FF_STRICT_ENV_VAR_MODE: 'true', A: '1', B_C: '2', lower: '3' },
      }),
    ],
  ),
  scenario(
    'other types',
    {
      'meltano.yml': `project_id: p1
plugins:
  utilities:
  - name: tool
    namespace: tool
    executable: x
    settings:
    - name: a.b
      value: 1
    - name: c
    config:
      d: {e: [1, 2]}
  mappers:
  - name: map
    namespace: map
    executable: x
    settings:
    - name: h.i
      value: 1
    mappings:
    - name: swap
      config: {x: 1}
  loaders:
  - name: target-t
    namespace: target_t
    executable: x
    settings:
    - name: sch
      value: $MELTANO_EXTRACT__LOAD_SCHEMA
`,
    },
    [
      'config print tool',
      'config print map',
      'config print swap',
      'config print target-t',
      'config list tool',
      'config list map',
      'config list target-t --all',
      'config print --plugin-type=loader tool',
      'config print nope',
      'config print tool --format=env',
    ],
  ),
  scenario(
    'settings of the project',
    { 'meltano.yml': 'cli:\n  log_level: warning\nproject_id: p1\nelt:\n  buffer_size: 5\nzebra: 1\n' },
    [
      'config print meltano',
      step('config list meltano', {
        only: withoutDescriptions,
        differs: [
          replaces('own-settings', '27 hidden', '28 hidden'),
          replaces(
            'unknown-keys-shown',
            'Optional settings with',
            'Custom, possibly unsupported by the plugin:\nzebra [env: MELTANO_ZEBRA] current value: 1 (from `meltano.yml`)\nOptional settings with',
          ),
        ],
      }),
      step('config print meltano --format=env', { env: { MELTANO_ELT_BUFFER_SIZE: '77' } }),
      step('config print meltano', { env: { MELTANO_VENV_BACKEND: 'x' } }),
      step('config list meltano --filter state_backend', { only: withoutDescriptions }),
    ],
  ),
  scenario('sections for groups of required settings', { 'meltano.yml': 'project_id: p1\n' }, [
    'add --no-install tap-shop',
    step('config list tap-shop', { differs: [groupsHeading] }),
    step('config list tap-shop --all', { differs: [groupsHeading] }),
    step('config list tap-shop', {
      env: { TAP_SHOP_PAGE_SIZE: '5', TAP_SHOP_API_TOKEN: 'x' },
      differs: [groupsHeading],
    }),
    'config print tap-shop',
    'config print tap-shop --extras',
    'config print tap-shop --format=env',
  ]),
];
