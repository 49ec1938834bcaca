import { changesLog, differs, stores } from '../differences.ts';
import { type Scenario, scenario, step } from '../scenario.ts';
import { targetStates } from './fixtures.ts';

/** Discovers two streams; in a sync it tells on stderr with which files it was called. */
const tap = `#!/bin/sh
case "$*" in
*--discover*)
  cat <<END
{"streams": [
 {"tap_stream_id": "users", "stream": "users", "key_properties": ["id"],
  "schema": {"type": "object", "properties": {
    "id": {"type": "integer"}, "name": {"type": ["string", "null"]}, "secret": {"type": "string"},
    "addr": {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "string"}}},
    "un-x": {"type": "string"}}},
  "metadata": [
   {"breadcrumb": [], "metadata": {"inclusion": "available", "table-key-properties": ["id"]}},
   {"breadcrumb": ["properties", "id"], "metadata": {"inclusion": "automatic"}},
   {"breadcrumb": ["properties", "name"], "metadata": {"inclusion": "available"}},
   {"breadcrumb": ["properties", "un-x"], "metadata": {"inclusion": "unsupported"}}]},
 {"tap_stream_id": "orders", "stream": "orders",
  "schema": {"type": "object", "properties": {"id": {"type": "integer"}, "at": {"type": "string"}}},
  "metadata": [{"breadcrumb": ["properties", "id"], "metadata": {"inclusion": "available", "selected-by-default": true}}]}
]}
END
  exit 0 ;;
esac
while [ $# -gt 0 ]; do
  case $1 in --*) echo "option $1" >&2 ;; esac
  case $1 in --config | --state) tr -d '\\n' <"$2" | sed 's/^/content /' >&2; echo >&2 ;; esac
  shift
done
echo '{"type":"STATE","value":{"bookmarks":{"users":{"id":2}}}}'
`;

const yml = (extras: string, more = '') => `default_environment: dev
project_id: p1
environments:
- name: dev
plugins:
  extractors:
  - name: tap-x
    namespace: tap_x
    executable: ./tap.sh
    capabilities: [catalog, discover, state]
    settings:
    - name: host
      value: localhost
    - name: auth.user
    - name: since
      kind: date_iso8601
    config:
      auth: {user: ü}
      since: 2024-01-02
      empty: ''
      list: [1, {a: b}]
${extras}  loaders:
  - name: target-x
    namespace: target_x
    executable: ./target.sh
${more}`;

const files = (extras: string, more = '') => ({
  'meltano.yml': yml(extras, more),
  'tap.sh': tap,
  'target.sh': targetStates,
});

const catalogOf = (name: string, extras: string, more: Readonly<Record<string, string>> = {}) =>
  scenario(name, { ...files(extras), ...more }, ['run tap-x target-x', 'run tap-x target-x'], {
    also: ['run/tap-x'],
  });

const printsVariables = (words: string) => `#!/bin/sh
env | grep -E '${words}' | sort >&2
cat >/dev/null
`;

/** Tells where it works, what it was asked and what it knows of the pair. */
const dbt = `#!/bin/sh
basename "$PWD"
echo "dbt $*"
env | grep -E '^(DBT_|MELTANO_(EXTRACT|LOAD)_)' | grep -v _DIR= | sort >&2
[ "$1" != "$FAILS" ] || exit 3
`;

const transformer = `  transformers:
  - name: dbt
    namespace: dbt
    executable: ./dbt.sh
    settings:
    - {name: project_dir, value: $MELTANO_PROJECT_ROOT/transform}
    - {name: target, value: $MELTANO_LOAD__DIALECT}
    - {name: models, value: $MELTANO_EXTRACTOR_NAMESPACE mine}
    commands: {clean: clean, deps: deps, run: run --models $DBT_MODELS}
`;

const noTable = (id: string) => differs(id, (theirs) => ({ ...theirs, tables: {} }));

/** A transformation alone has no row, and one that fails does not change that of its pair. */
const rowsOfPairs = (rows: Run[]) =>
  rows
    .filter(({ payload }) => Object.keys(payload).length > 0)
    .map((row) => {
      const { error: _, ...payload } = row.payload as { readonly error?: string };
      return { ...row, payload, state: 'SUCCESS' };
    });

const changesEvents = (id: string, from: string, to: string) =>
  changesLog(id, from, (line) => ({ ...line, event: to }));

const deprecation = changesEvents(
  'own-words',
  'The option to run a transformation is deprecated and will be removed in a future version',
  'Transformations of `elt` are deprecated: run dbt as a block of `run`',
);

interface Run {
  readonly payload: object;
}

/** The reason in the record of the run, which is the only one. */
const ownReason = (error: string) =>
  stores('own-words', 'runs', (rows: Run[]) => rows.map((row) => ({ ...row, payload: { error } })));

const nonsense =
  'Cannot start plugin tap-x: Invalid catalog: \'tap-x\' printed text that is not JSON near "nonsense\\n"';

/** What is wrong is said once, with the reason in it. */
const oneError = differs('own-words', (theirs) => {
  const first = theirs.log.findIndex(({ event }) => event === '(a sentence)');
  return { ...theirs, log: theirs.log.filter((_, index) => index !== first) };
});

export const pipelineScenarios: readonly Scenario[] = [
  catalogOf('what a tap is given', ''),
  catalogOf('selection', "    select: ['users.*', '!users.secret', 'orders.id']\n"),
  catalogOf('selection of nested properties', '    select: [users.addr.city]\n'),
  catalogOf('selection that finds nothing', "    select: ['nothing.*', users.none]\n"),
  catalogOf('selection with wildcards', "    select: ['u*.*', '!*.na*', '*ers.id']\n"),
  catalogOf('a filter of streams', '    select_filter: [orders]\n'),
  catalogOf('a filter that excludes', "    select_filter: ['!orders']\n"),
  catalogOf(
    'metadata',
    `    metadata:
      users:
        replication-method: INCREMENTAL
        replication-key: id
      'ord*':
        selected: false
      users.name:
        is-replication-key: true
      '*.id':
        custom: {deep: 1}
`,
  ),
  catalogOf(
    'schema',
    `    schema:
      users:
        name: {type: [string], format: date-time}
        fresh: {type: integer}
      orders:
        at: {anyOf: [{type: string}, {type: 'null'}]}
`,
  ),
  catalogOf('a catalog of its own', '    catalog: my.json\n', {
    'my.json': '{"streams":[{"tap_stream_id":"mine","stream":"mine","schema":{"properties":{"a":{}}}}]}',
  }),
  catalogOf('a state of its own', '    state: my-state.json\n', {
    'my-state.json': '{\n  "bookmarks": {\n    "x": 1\n  }\n}',
  }),
  scenario('discovery that fails', { ...files(''), 'tap.sh': '#!/bin/sh\necho no such host >&2\nexit 3\n' }, [
    'run tap-x target-x',
    'select tap-x --list',
    'invoke --dump=catalog tap-x',
  ]),
  scenario('discovery that answers nonsense', { ...files(''), 'tap.sh': '#!/bin/sh\necho nonsense\n' }, [
    step('run tap-x target-x', {
      differs: [
        oneError,
        changesLog('own-words', 'Block run completed', (line) => ({ ...line, err: nonsense })),
        ownReason(nonsense),
      ],
    }),
  ]),
  scenario(
    'variables along a pipeline',
    {
      ...files(
        '    load_schema: from_$MELTANO_EXTRACTOR_NAME\n',
        `    settings:
    - name: schema
      value: $MELTANO_EXTRACT__LOAD_SCHEMA
    - name: user
      value: $TAP_X_AUTH_USER
    env:
      OWN: own-$MELTANO_ENVIRONMENT
  mappers:
  - name: mapper-m
    namespace: mapper_m
    executable: ./mapper.sh
    mappings:
    - name: swap
      config: {k: $TAP_X_HOST, n: 1}
`,
      ),
      'tap.sh': `#!/bin/sh\ncase "$*" in *--discover*) echo '{"streams":[]}' ;; esac\n`,
      'mapper.sh': `#!/bin/sh\ntr -d '\\n' <"$2" >&2; echo >&2\nenv | grep -E '^(MELTANO_MAP|MAPPER)' | sort >&2\ncat\n`,
      'target.sh': printsVariables('^(MELTANO_(EXTRACT|LOAD|MAP)|TAP_|TARGET_|MAPPER_|OWN)'),
    },
    [
      step('run --no-install tap-x swap target-x', {
        differs: [
          changesEvents('env-chain', '{  "k": "",  "n": 1}', '{  "k": "localhost",  "n": 1}'),
          changesEvents('env-chain', 'OWN=own-', 'OWN=own-dev'),
        ],
      }),
      'config print target-x',
      step('el tap-x target-x --state-id=s', {
        differs: [changesEvents('env-chain', 'OWN=own-', 'OWN=own-dev')],
      }),
    ],
  ),
  scenario(
    'el with files and streams',
    { ...files(''), 'c.json': '{"streams":[]}', 's.json': '{\n  "bookmarks": {\n    "f": 1\n  }\n}' },
    [
      'el tap-x target-x --state-id=a --select=users',
      'el tap-x target-x --state-id=b --exclude=users',
      'el tap-x target-x --state-id=c --catalog=c.json --state=s.json',
      'el tap-x target-x --state-id=d --full-refresh --refresh-catalog',
      'el tap-x target-x --state-id=a --select=users --dump=catalog',
      'el tap-x target-x --state-id=a --dump=loader-config',
      'el tap-x target-x --state-id=a --dump=zebra',
      'elt tap-x target-x --state-id=e',
    ],
  ),
  scenario(
    'elt with its transformation',
    { ...files('', transformer), 'dbt.sh': dbt, 'transform/.gitkeep': '' },
    [
      step('elt tap-x target-x --state-id=t --transform=run', { differs: [deprecation] }),
      'elt tap-x target-x --state-id=t --transform=skip',
      step('elt tap-x target-x --state-id=t --transform=only', {
        differs: [noTable('pair-rows'), deprecation],
      }),
      step('elt tap-x target-x --state-id=t --transform=run', {
        env: { FAILS: 'deps' },
        differs: [stores('pair-rows', 'runs', rowsOfPairs), deprecation],
      }),
    ],
  ),
  scenario('elt without a transformer', files(''), [
    step('elt tap-x target-x --state-id=t --transform=run', { differs: [noTable('plugins-first')] }),
  ]),
  scenario('el without its state file', files(''), [
    step('el tap-x target-x --state-id=c --state=none.json', {
      differs: [ownReason('Cannot start extractor: Could not find state file <project>/none.json')],
    }),
  ]),
  scenario('el that only looks', files(''), [
    step('el tap-x target-x --state-id=a --dry', {
      only: /^Plan for environment/,
      differs: [
        differs('dry-run-plan', (theirs) => ({
          ...theirs,
          stdout: ['Plan for environment dev'],
          tables: {},
          log: [
            { level: 'info', event: "Environment 'dev' is active" },
            {
              level: 'info',
              event: 'Dry run, but would have run block 1/1',
              block_type: 'ExtractLoadBlocks',
              comprised_of: ['tap-x', 'target-x'],
            },
          ],
        })),
      ],
    }),
  ]),
  scenario(
    'schedules with variables',
    files(
      '',
      `schedules:
- name: nightly
  interval: '@daily'
  extractor: tap-x
  loader: target-x
  transform: skip
  env:
    TAP_X_HOST: from-schedule
`,
    ),
    ['schedule run nightly', '--environment=dev schedule run nightly --state-id=other'],
  ),
  scenario(
    'tests of a tap',
    {
      ...files(''),
      'tap.sh': `#!/bin/sh
case "$*" in *--discover*) echo '{"streams":[]}' ;; *) echo '{"type":"RECORD","stream":"a","record":{}}' ;; esac
`,
    },
    ['config test tap-x', 'test tap-x'],
  ),
];

/** How plugins end, and what becomes of the run. */
export const endScenarios: readonly Scenario[] = [
  scenario(
    'a tap that kills itself',
    {
      ...files(''),
      'tap.sh':
        '#!/bin/sh\ncase "$*" in *--discover*) echo "{\\"streams\\":[]}"; exit 0 ;; esac\nkill -9 $$\n',
    },
    ['run tap-x target-x'],
  ),
  scenario(
    'a target that kills itself',
    { ...files(''), 'target.sh': '#!/bin/sh\ncat >/dev/null\nkill -9 $$\n' },
    ['run tap-x target-x'],
  ),
  scenario(
    'a target that answers nonsense',
    { ...files(''), 'target.sh': '#!/bin/sh\ncat >/dev/null\necho nonsense\n' },
    ['run tap-x target-x', 'state list'],
  ),
  scenario(
    'a tap that writes nonsense',
    {
      ...files(''),
      'tap.sh':
        '#!/bin/sh\ncase "$*" in *--discover*) echo "{\\"streams\\":[]}"; exit 0 ;; esac\necho nonsense\necho\n',
      'target.sh': '#!/bin/sh\nsed "s/^/got /" >&2\n',
    },
    ['run tap-x target-x'],
  ),
  scenario(
    'a state that is no object',
    {
      ...files(''),
      'target.sh': '#!/bin/sh\ncat >/dev/null\necho \'{"a": 1}\'\necho \'{"a": 12345678901234567890}\'\n',
    },
    ['run tap-x target-x', 'state export'],
  ),
];
