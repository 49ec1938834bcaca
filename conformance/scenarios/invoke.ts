import { replaces } from '../differences.ts';
import { type Scenario, scenario, step } from '../scenario.ts';

const yml = `default_environment: dev
project_id: p1
env:
  E1: \${SHELLV}-1
environments:
- name: dev
  env:
    E3: \${E1}-3
  config:
    plugins:
      utilities:
      - name: util
        env:
          E4: \${E2}-4
          E5: \${E3}-5
- name: prod
plugins:
  extractors:
  - name: tap-x
    namespace: tap_x
    executable: ./tap.sh
    capabilities: [catalog, discover, state]
    settings:
    - name: host
    - name: token
      sensitive: true
    config:
      host: h-$E3
      ratio: 1.50
      big: 12345678901234567890
      nested: {a: {b: ü}}
  utilities:
  - name: util
    namespace: utilities_util
    variant: original
    executable: ./util.sh
    settings:
    - name: speed
      kind: integer
      value: 3
      env: UTIL_SPEED_X
    - name: tags
      kind: array
      value: [a]
    - name: on
      kind: boolean
      value: true
    config:
      own.key: 1
    env:
      E2: \${E1}-2
    commands:
      hello:
        args: say $GREETING 'two words' \\\\$RAW
        description: Says hello
      other:
        args: ''
        executable: ./other.sh
      miss: say $NOPE
  - name: plain
    namespace: plain
    executable: ./util.sh
  mappers:
  - name: mapper-m
    namespace: mapper_m
    executable: ./util.sh
    mappings:
    - name: swap
      config: {k: $E1}
`;

const files = {
  'meltano.yml': yml,
  'tap.sh': `#!/bin/sh
case "$*" in
*--discover*) echo '{"streams":[{"tap_stream_id":"users","stream":"users","schema":{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"}}},"metadata":[{"breadcrumb":[],"metadata":{"inclusion":"available"}},{"breadcrumb":["properties","id"],"metadata":{"inclusion":"automatic"}},{"breadcrumb":["properties","name"],"metadata":{"inclusion":"available"}}]}]}' ;;
*) for word; do case $word in --*) echo "$word" ;; *) echo '(a file)' ;; esac; done ;;
esac
`,
  'util.sh': '#!/bin/sh\nfor word; do echo "[$word]"; done\necho to-stderr >&2\nexit ${CODE:-0}\n',
  'other.sh': '#!/bin/sh\necho other\n',
  'env.sh': '#!/bin/sh\nenv\n',
};

/** The variables a plugin gets, as this project's own `env` program prints them. */
const envFiles = {
  ...files,
  'tap.sh':
    '#!/bin/sh\nenv | grep -E "^(E[0-9]|MELTANO_EX|TAP_|MELTANO_(ENV|PROJ|SYS|USER|JOB)|SHELLV|DOT)" | sort\n',
  'util.sh':
    '#!/bin/sh\nenv | grep -E "^(E[0-9]|UTIL|MELTANO_UTIL|TAP_|MELTANO_(ENV|PROJ|SYS|USER|JOB)|SHELLV|DOT)" | sort\n',
  '.env': 'DOT=dotted\nUTIL_SPEED=8\n',
};

const containerFiles = {
  ...files,
  'meltano.yml': yml.replace('/other.sh\n', '/other.sh\n      boxed: {container_spec: {image: i}}\n'),
};

const chain = replaces('env-chain', 'E1=${SHELLV}-1', 'E1=sh-1');

export const invokeScenarios: readonly Scenario[] = [
  scenario('arguments and exit codes', files, [
    "invoke plain a 'b c' --flag --help",
    step('invoke plain', { env: { CODE: '7' } }),
    step('invoke util:hello more', { env: { GREETING: 'hi' } }),
    'invoke util:hello',
    'invoke util:miss',
    'invoke util:other',
    'invoke util:none',
    'invoke plain:none',
    'invoke util:a:b',
    'invoke nope',
    'invoke',
    'invoke swap',
    'invoke mapper-m',
  ]),
  scenario('what there is', files, [
    'invoke --list-commands util',
    'invoke --list-commands plain',
    'invoke --print-var=E2 --print-var=NOPE --print-var=UTIL_SPEED plain x',
    step('invoke --dump=config tap-x', {
      differs: [replaces('env-chain', 'h-${SHELLV}-1-3', 'h--1-3')],
    }),
    'invoke --dump=catalog tap-x',
    'invoke --dump=config plain',
    'invoke --dump=zebra tap-x',
    'invoke --plugin-type=loader tap-x',
  ]),
  scenario('in a container', containerFiles, [
    'invoke --containers util:none',
    'invoke --containers --list-commands util',
    step('invoke --containers --dump=config tap-x', {
      differs: [replaces('env-chain', 'h-${SHELLV}-1-3', 'h--1-3')],
    }),
    'invoke --containers plain',
    'invoke --containers util:other',
    'run --containers plain',
  ]),
  scenario('a tap', files, ['invoke tap-x', 'invoke tap-x --discover', 'invoke tap-x --about']),
  scenario('the environment of a utility', envFiles, [
    step('invoke util', {
      env: { SHELLV: 'sh' },
      differs: [
        chain,
        replaces('env-chain', 'E2=-2', 'E2=sh-1-2'),
        replaces('env-chain', 'E4=-2-4', 'E4=sh-1-2-4'),
        replaces('env-chain', 'E5=-5', 'E5=sh-1-3-5'),
      ],
    }),
    step('--environment=prod invoke util', {
      env: { SHELLV: 'sh' },
      differs: [chain, replaces('env-chain', 'E2=-2', 'E2=sh-1-2')],
    }),
    step('--no-environment invoke util', {
      env: { SHELLV: 'sh', E2: 'shell' },
      differs: [chain, replaces('env-chain', 'E2=-2', 'E2=sh-1-2')],
    }),
  ]),
  scenario('the environment of a tap', envFiles, [
    step('invoke tap-x x', {
      env: { SHELLV: 'sh', TAP_X_TOKEN: 'secret' },
      differs: [
        chain,
        replaces('env-chain', /h-\$\{SHELLV\}-1-3/g, 'h-sh-1-3'),
        replaces('digits', /RATIO=1\.5/g, 'RATIO=1.50'),
      ],
    }),
  ]),
];
