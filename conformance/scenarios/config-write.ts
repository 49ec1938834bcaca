import { drops, exits, prints, replaces, writes } from '../differences.ts';
import { type Scenario, scenario, step } from '../scenario.ts';
import { kinds } from './fixtures.ts';

const withEnvironments = {
  'meltano.yml': `default_environment: dev
environments:
- name: dev
- name: prod
${kinds['meltano.yml']}`,
};

const tiny = {
  'meltano.yml':
    'project_id: p1\nenvironments:\n- name: dev\nplugins:\n  utilities:\n  - name: tool\n    namespace: tool\n',
};
const withConfig = (config: unknown) => ({
  project_id: 'p1',
  environments: [{ name: 'dev' }],
  plugins: { utilities: [{ name: 'tool', namespace: 'tool', config }] },
});

const everywhere = replaces(
  'unset-everywhere',
  'in the system database was',
  'in the system database, `meltano.yml`, and `.env` was',
);
const question = (where: string) =>
  replaces(
    'own-words',
    /^Do you want/,
    `This will reset the settings of Extractor 'tap-k' in ${where}. Do you want`,
  );

export const configWriteScenarios: readonly Scenario[] = [
  scenario('sets each kind', kinds, [
    "config set tap-k host 'a b'",
    'config set tap-k port 9',
    'config set tap-k port abc',
    step('config set tap-k ratio 1.50', { differs: [replaces('digits', "Decimal('1.50')", '1.50')] }),
    'config set tap-k fast yes',
    'config set tap-k fast nope',
    'config set tap-k since 2024-01-01',
    'config set tap-k mode b',
    'config set tap-k mode zz',
    `config set tap-k tags '["a","b"]'`,
    'config set tap-k tags zz',
    `config set tap-k extra '{"a": 1}'`,
    'config set tap-k token s3cr3t',
    'config set tap-k unknown 5',
    'config print tap-k',
  ]),
  scenario('nested names', kinds, [
    'config set tap-k auth user bob',
    'config set tap-k auth.realm r',
    'config set tap-k username alias',
    'config set tap-k a.b.c 1',
    'config set tap-k a b d 2',
    "config set tap-k 's3\\.endpoint' e",
    'config set tap-k _metadata.users.replication-method FULL_TABLE',
    `config set tap-k _select '["a.*"]'`,
    step('config print tap-k', { differs: [replaces('alias-once', '  "username": "alias",\n', '')] }),
    'config print tap-k --extras',
    step('config unset tap-k a.b.c', { differs: [everywhere] }),
    step('config unset tap-k a', { differs: [everywhere] }),
    step('config unset tap-k nothing', { differs: [everywhere] }),
  ]),
  scenario('stores', withEnvironments, [
    'config set tap-k --store=dotenv host d',
    'config set tap-k --store=meltano_yml host y',
    'config set tap-k --store=db host b',
    'config set tap-k --store=env host e',
    'config set tap-k --store=nope host e',
    'config set tap-k --store=dotenv unknown x',
    'config list tap-k',
    'config unset tap-k --store=dotenv host',
    'config list tap-k',
    step('config unset tap-k host', { differs: [everywhere] }),
    'config list tap-k',
  ]),
  scenario('the project file as a store', tiny, [
    step('config set tool --store=meltano_yml a 1', {
      differs: [
        exits('store-meltano-yml', 0),
        prints('store-meltano-yml', "Utility 'tool' setting 'a' was set in `meltano.yml`: '1'"),
        drops('store-meltano-yml', '(a sentence)'),
        writes('store-meltano-yml', 'meltano.yml', () => withConfig({ a: '1' })),
      ],
    }),
    step('--environment=dev config set meltano --store=meltano_yml elt.buffer_size 9', {
      differs: [
        exits('store-meltano-yml', 0),
        prints('store-meltano-yml', "Meltano setting 'elt.buffer_size' was set in `meltano.yml`: 9"),
        drops('store-meltano-yml', '(a sentence)'),
        writes('store-meltano-yml', 'meltano.yml', () => ({
          ...withConfig({ a: '1' }),
          elt: { buffer_size: 9 },
        })),
      ],
    }),
  ]),
  scenario('stores in environments', withEnvironments, [
    'config set tap-k host default',
    '--environment=prod config set tap-k host prod',
    '--environment=prod config set tap-k --store=meltano_yml port 1',
    'config set tap-k --store=meltano_yml port 2',
    '--environment=prod config set tap-k token t',
    '--environment=prod config list tap-k',
    step('--environment=prod config unset tap-k host', { differs: [everywhere] }),
    '--environment=prod config set meltano cli.log_level error',
  ]),
  scenario('settings of the project', { 'meltano.yml': '# top\nproject_id: p1 # id\n' }, [
    'config set meltano cli.log_level info',
    'config set meltano elt.buffer_size 10',
    'config set meltano hub_url_auth abc',
    'config set meltano project_readonly false',
    'config set meltano cli.log_level loud',
    step('config unset meltano elt.buffer_size', { write: { '.env': 'X=1\n' }, differs: [everywhere] }),
  ]),
  scenario('overruled', kinds, [
    step('config set tap-k port 9', { env: { TAP_K_PORT: '7' } }),
    step('config unset tap-k port', { env: { TAP_K_PORT: '7' }, differs: [everywhere] }),
    step("config set tap-k token '(redacted)'", { differs: [prints('redacted-is-nothing')] }),
  ]),
  scenario('values from files', { ...kinds, 'value.txt': 'from a file\n' }, [
    'config set tap-k host --from-file=value.txt',
    step('config set tap-k host --from-file=-', { input: 'from stdin\n' }),
    'config set tap-k host --from-file=missing.txt',
  ]),
  scenario('reset', withEnvironments, [
    'config set tap-k host a',
    'config set tap-k token b',
    'config set tap-k --store=db port 1',
    step('config reset tap-k', {
      input: 'n\n',
      differs: [question('the system database, `meltano.yml`, and `.env`')],
    }),
    step('config reset tap-k --store=meltano_yml', { input: 'y\n', differs: [question('`meltano.yml`')] }),
    'config reset tap-k --store=db --yes',
    'config list tap-k',
  ]),
  scenario('a read-only project', kinds, [
    step('config set tap-k host a', { env: { MELTANO_PROJECT_READONLY: 'true' } }),
    step('config set tap-k --store=meltano_yml host a', { env: { MELTANO_PROJECT_READONLY: 'true' } }),
    step('environment add x', { env: { MELTANO_PROJECT_READONLY: 'true' } }),
    'config list tap-k',
  ]),
];
