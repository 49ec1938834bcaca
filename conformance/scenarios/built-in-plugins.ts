import { type Scenario, scenario, step } from '../scenario.ts';

const yml = `default_environment: dev
project_id: p1
environments: [{name: dev}]
plugins:
  orchestrators:
  - name: airflow
    namespace: airflow
    executable: ./airflow.sh
    settings:
    - {name: core.load_examples, kind: boolean, value: false}
    - {name: core.Parallelism, kind: integer, value: 8}
    - {name: core.unset}
    - {name: webserver.secret_key, sensitive: true, value: s%%t}
    - {name: DEFAULT.all, value: '7'}
    commands: {list: dags list}
  - name: airflow--heir
    inherit_from: airflow
    config: {core.load_examples: true}
  - name: other
    namespace: other
    executable: ./airflow.sh
  utilities:
  - name: superset
    namespace: superset
    executable: ./superset.sh
    settings:
    - {name: SECRET_KEY, value: s}
    commands: {ui: run --all}
`;

/** Tells how it was called and with which file; \`FAIL_ON\` are the arguments that it fails with. */
const airflow = `#!/bin/sh
{ echo "- $*"; cat "$AIRFLOW_CONFIG" 2>&1 | grep -v "^cat:"; } >>"$MELTANO_PROJECT_ROOT/calls.txt"
[ "$*" != "$FAIL_ON" ] || { echo broken >&2; exit 3; }
case "$*" in
version) echo "\${AIRFLOW_VERSION:-2.10.1}" ;;
'config list --defaults') cat <<'END'
[DEFAULT]
top = 1

[core]
# Where they are
Dags_Folder = /dags
parallelism: 32
load_examples = True
long =
    first

    second
; more

[webserver]
secret_key = x
log = %%(levelname)s

END
;;
*) echo "$*"; echo "\${AIRFLOW_HOME#$MELTANO_PROJECT_ROOT} \${AIRFLOW_CONFIG#$MELTANO_PROJECT_ROOT}" ;;
esac
`;

const superset = `#!/bin/sh
echo "- $*" >>"$MELTANO_PROJECT_ROOT/calls.txt"
[ -s "$SUPERSET_CONFIG_PATH" ] || exit 9
[ "$*" != "$FAIL_ON" ] || { echo broken >&2; exit 3; }
echo "$*"
echo "\${SUPERSET_HOME#$MELTANO_PROJECT_ROOT} \${SUPERSET_CONFIG_PATH#$MELTANO_PROJECT_ROOT} $FLASK_APP"
`;

const files = { 'meltano.yml': yml, 'airflow.sh': airflow, 'superset.sh': superset };

/** Only what the programs saw of a failure is compared; its words are each program's own. */
const code = { only: /^$/ };

export const builtInPluginScenarios: readonly Scenario[] = [
  scenario(
    'the orchestrator airflow',
    files,
    [
      'invoke --dump=config airflow',
      'invoke airflow webserver',
      step('invoke airflow:list', { env: { AIRFLOW_VERSION: '1.10.15' } }),
      'run airflow:list',
      'invoke airflow--heir x',
      'invoke other x',
      'invoke airflow--heir --help',
      step('invoke airflow x', { env: { FAIL_ON: 'config list --defaults' }, ...code }),
      step('invoke airflow x', { env: { FAIL_ON: 'version' }, ...code }),
      step('invoke airflow x', { env: { FAIL_ON: 'db init' }, ...code }),
      step('invoke airflow x', { env: { AIRFLOW_CORE_LOAD_EXAMPLES: 'true', FAIL_ON: 'x' } }),
    ],
    { also: ['run'] },
  ),
  scenario(
    'the utility superset',
    files,
    [
      'invoke superset x',
      step('invoke --dump=config superset', {
        differs: [
          {
            id: 'config-script',
            ours: {
              stdout: [
                "settings = {'SECRET_KEY': 's'}",
                'globals().update({name: value for name, value in settings.items() if name.isupper()})',
                '',
              ],
            },
          },
        ],
      }),
      'invoke superset:ui',
      'run superset:ui',
      step('invoke superset x', { env: { FAIL_ON: 'db upgrade' }, ...code }),
      step('invoke superset x', { env: { FAIL_ON: 'init' }, ...code }),
      step('invoke superset x', { env: { SUPERSET__CONFIG_PATH: 'none.py' }, ...code }),
      step('invoke superset x', {
        env: { SUPERSET__CONFIG_PATH: 'own.py' },
        write: { 'own.py': 'SECRET_KEY = 2\n' },
      }),
    ],
    { also: ['run'] },
  ),
];
