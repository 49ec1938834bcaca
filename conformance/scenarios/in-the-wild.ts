import { parse } from 'yaml';
import { drops, exits, listsOnce, prints, replaces, writes } from '../differences.ts';
import { type Difference, type Scenario, scenario, step } from '../scenario.ts';

/** A locked loader that the project overrides in part, its heir, secrets by reference, annotations, paths. */
const shared = `default_environment: dev
project_id: p1
env:
  STORE: $MELTANO_PROJECT_ROOT/barn
  OWN: $OWN:\${UNKNOWN}
annotations:
  team: {name: data, floors: [1]}
environments:
- name: dev
  annotations:
    team: {lead: ann, floors: [2]}
    since: 2020
  env:
    OWN: dev:$OWN
    SHELL_SAYS: $HAY_USER
  config:
    plugins:
      loaders:
      - name: target-barn
        config: {path: $BARN_PATH}
- name: prod
plugins:
  extractors:
  - name: tap-hay
    namespace: tap_hay
    executable: ./tap.sh
    settings:
    - {name: token, sensitive: true}
    - {name: mixed, sensitive: true}
    - {name: pair, sensitive: true}
    - {name: quoted}
    - {name: blank, sensitive: true, value: ''}
    config:
      token: $HAY_TOKEN
      mixed: abc$HAY_TOKEN
      pair: \${HAY_USER}:$HAY_TOKEN
      quoted: C:\\Users\\it's
    select: [bales.*]
    metadata:
      bales: {replication-method: INCREMENTAL}
  - name: tap-straw
    inherit_from: tap-hay
  loaders:
  - name: target-barn
    variant: acme
    pip_url: mine
  - name: target-stable
    inherit_from: target-barn
    config: {door: 2}
  utilities:
  - name: rake
    namespace: rake
    executable: rake
    settings:
    - {name: teeth}
    - {name: home, value: $MELTANO_PROJECT_ROOT/rake}
`;

const lock = `{
  "plugin_type": "loaders",
  "name": "target-barn",
  "namespace": "target_barn",
  "variant": "acme",
  "label": "Barn",
  "pip_url": "theirs",
  "executable": "barn",
  "settings_group_validation": [["path", "door"], ["user", "path", "door"]],
  "settings": [
    {"name": "path"},
    {"name": "door", "kind": "integer", "value": 1},
    {"name": "user"},
    {"name": "password", "sensitive": true, "value": "oats"}
  ]
}
`;

const files = { 'meltano.yml': shared, 'plugins/loaders/target-barn--acme.lock': lock };
const env = { HAY_TOKEN: 'secret', HAY_USER: 'bob', BARN_PATH: 'here' };

type Entry = Readonly<Record<string, unknown>>;
interface Manifest {
  readonly plugins: Readonly<Record<string, readonly Entry[]>>;
}

/** Their manifest with the plugins as this program writes them. */
function asUsed({ plugins, ...rest }: Manifest): unknown {
  const { extractors = [], loaders = [], utilities = [] } = plugins;
  const written: Manifest = parse(shared);
  const { config, settings, select, metadata } = written.plugins['extractors']?.[0] ?? {};
  const own = { settings, select, metadata, executable: './tap.sh', plugin_type: 'extractors' };
  const straw = { ...extractors[1], ...own, namespace: 'tap_straw', label: 'tap-hay: tap-straw' };
  const { name: _, ...barn } = JSON.parse(lock);
  const stable = { ...barn, namespace: 'target_stable', label: 'Barn: target-stable', pip_url: 'mine' };
  return {
    ...rest,
    plugins: {
      ...plugins,
      extractors: [
        { ...extractors[0], settings, config: { ...(config as Entry), mixed: '(redacted)' } },
        straw,
      ],
      loaders: [
        { ...loaders[0], pip_url: 'mine' },
        { ...loaders[1], ...stable },
      ],
      utilities: [{ ...utilities[0], settings: written.plugins['utilities']?.[0]?.['settings'] }],
    },
  };
}

const usedIn = (environment: string) =>
  writes('manifest-plugins', `.meltano/manifests/meltano-manifest${environment}.json`, asUsed);

const hidesMixed = replaces('secret-text', ": 'abc$HAY_TOKEN')", ')');
const heading = replaces(
  'own-words',
  'Setting groups (one of the following combinations is required):',
  'Required settings groups:',
);

const odd = {
  'show.sh': '#!/bin/sh\nenv | sort\n',
  'meltano.yml': `project_id: p1
odd: {a: 1}
cli: {odd: {b: 2}}
elt: {buffer_size: 1048576}
plugins:
  extractors:
  - name: odd$one
    namespace: odd
    executable: x
    settings:
    - {name: map, kind: object}
    config:
      map: {a$b: $c, d: price$}
  files:
  - name: bundle
    namespace: bundle
    pip_url: bundle
  utilities:
  - name: show
    namespace: show
    executable: ./show.sh
`,
};

const swaps = {
  'meltano.yml': `project_id: p1
plugins:
  mappers:
  - name: mapper-swap
    variant: acme
    mappings:
    - name: first
      config: {swaps: {a: b}}
    - name: second
      config: {swaps: {c: d}}
`,
};

const twice = {
  'meltano.yml': `project_id: p1
plugins:
  extractors:
  - name: tap-twin
    namespace: tap_twin
    executable: x
    settings:
    - {name: dir, value: here, label: First}
    - {name: size, kind: integer, value: 1}
    - {name: dir, value: elsewhere, label: Second}
    - {name: size, value: 2}
    config: {size: 3}
`,
};

const sections = {
  'meltano.yml': `project_id: p1
plugins:
  orchestrators:
  - name: airflow
    namespace: airflow
    executable: x
    settings:
    - {name: core.load_examples, kind: boolean, value: false}
    - {name: core.nothing}
    - {name: webserver.port, kind: integer, value: 8080}
    config:
      own: {deep: {list: [1, a, null]}}
  - name: airflow-too
    inherit_from: airflow
    config: {webserver: {port: 1}}
`,
};

const unindented = `project_id: p1
plugins:
  extractors:
  - name: tap-loose
    namespace: loose
    executable: x
    config:
      list: [
      {
        "a": 1  # one
      }
    ]
      map: {x: "in
two lines", y: [1,
2]
}
  # the end
`;

const looseList = unindented.replace(/\[\n *\{[^]*?\n {4}\]/, '[{a: 2}]');

const lockedOnce: Difference = {
  id: 'mappings-apart',
  ours: (theirs) => ({
    ...theirs,
    log: theirs.log
      .map((line) => ({ ...line, event: line.event.replace('Locking 3', 'Locking 1') }))
      .filter(({ event }, at, all) => all.findIndex((each) => each.event === event) === at)
      .filter(({ event }) => !event.startsWith('Lockfile exists')),
  }),
};

const ownVariables = writes(
  'mappings-apart',
  '.meltano/manifests/meltano-manifest.json',
  ({ plugins, ...rest }: Manifest) => {
    const [mapper] = plugins['mappers'] ?? [];
    const own = Object.entries(mapper?.['env'] ?? {}).filter(
      ([name]) => !/_SWAPS(?:_[AC])?$|_MAPPING(?:_NAME)?$/.test(name),
    );
    return { ...rest, plugins: { ...plugins, mappers: [{ ...mapper, env: Object.fromEntries(own) }] } };
  },
);

/** What projects of all kinds hold, put together anew. */
export const wildScenarios: readonly Scenario[] = [
  scenario(
    'manifests',
    files,
    [
      step('--environment=dev compile', { env, differs: [usedIn('.dev')] }),
      step('compile', { env: { ...env, MELTANO_ENVIRONMENT: 'prod' }, differs: [usedIn('.prod')] }),
      step('--no-environment compile', {
        env: { ...env, MELTANO_ENVIRONMENT: 'prod' },
        differs: [usedIn('')],
      }),
      step('compile', { env, write: { '.env': 'MELTANO_ENVIRONMENT=prod\n' } }),
      step('compile', { env: { ...env, MELTANO_ENVIRONMENT: '' } }),
    ],
    { also: ['manifests'] },
  ),
  scenario('secrets by reference', files, [
    step('config list tap-hay', { env, differs: [hidesMixed] }),
    step('config list tap-hay', { differs: [hidesMixed] }),
    step('config list tap-straw', { env }),
    step('config list tap-straw', {
      differs: [replaces('unset-secrets', 'TOKEN] current value: (redacted)', 'TOKEN] current value: None')],
    }),
    step('config print tap-straw', { differs: [replaces('unset-secrets', '  "token": "*****",\n', '')] }),
  ]),
  scenario('extras of a custom plugin', files, [
    'config list tap-hay --extras',
    'config list tap-straw --extras',
    'config print tap-straw --extras',
    step('config list tap-hay --all', {
      write: { 'meltano.yml': shared.replace(/^.*name: blank.*\n/m, '') },
      differs: [hidesMixed],
    }),
  ]),
  scenario('groups and defaults of a locked plugin', files, [
    step('config list target-barn', { differs: [heading] }),
    step('config list target-stable --all', { differs: [heading] }),
    step('config list target-barn', {
      env: { TARGET_BARN_PASSWORD: 'hay' },
      differs: [heading, replaces('secret-text', "(default: 'oats')", '(default: (redacted))')],
    }),
  ]),
  scenario('settings as variables', files, [
    step('config --unsafe print --format=env tap-hay', { env }),
    'config print --format=env rake',
    step('config print --format=env rake', {
      write: { 'meltano.yml': shared.replace(', value: $MELTANO_PROJECT_ROOT/rake', '') },
      differs: [exits('no-variables', 0), prints('no-variables', ''), drops('no-variables', '(a sentence)')],
    }),
  ]),
  scenario(
    'unknown keys of the project',
    odd,
    [
      step('invoke show', { only: /^MELTANO_(?:ODD|CLI_ODD|ELT_BUFFER)/ }),
      'config list odd$one',
      'invoke --list-commands bundle',
      step('compile', { differs: [listsOnce] }),
    ],
    { also: ['manifests'] },
  ),
  scenario(
    'a mapper with mappings',
    swaps,
    [
      step('lock', { differs: [lockedOnce] }),
      step('lock --update', { differs: [lockedOnce] }),
      step('compile', { differs: [ownVariables] }),
    ],
    {
      also: ['manifests'],
    },
  ),
  scenario(
    'a mapper that the Hub does not know',
    {
      'meltano.yml': swaps['meltano.yml'].replace('mapper-swap', 'mapper-nowhere'),
    },
    ['config set meltano elt.buffer_size 2097152', 'config list first'],
  ),
  scenario('a setting that is declared twice', twice, [
    'config list tap-twin --all',
    step('config print tap-twin', { env: { TAP_TWIN_DIR: 'there' } }),
    'config print tap-twin --format=env',
  ]),
  scenario('an orchestrator named airflow', sections, ['config print airflow', 'config print airflow-too']),
  scenario('brackets and quotes whose lines are not indented', { 'meltano.yml': unindented }, [
    'config print tap-loose',
    step('config set tap-loose list \'[{"a": 2}]\'', {
      differs: [writes('edited-lines', 'meltano.yml', () => looseList)],
    }),
    step('config set tap-loose fresh 1', {
      differs: [
        writes('edited-lines', 'meltano.yml', () => looseList.replace('\n}\n', "\n}\n      fresh: '1'\n")),
      ],
    }),
    'config print tap-loose',
  ]),
];
