import { type Scenario, scenario, step } from '../scenario.ts';
import { kinds } from './fixtures.ts';

const withEnvironments = {
  'meltano.yml': `default_environment: dev
environments:
- name: dev
- name: prod
${kinds['meltano.yml']}`,
};

export const configWriteScenarios: readonly Scenario[] = [
  scenario('sets each kind', kinds, [
    "config set tap-k host 'a b'",
    'config set tap-k port 9',
    'config set tap-k port abc',
    'config set tap-k ratio 1.50',
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
    'config print tap-k',
    'config print tap-k --extras',
    'config unset tap-k a.b.c',
    'config unset tap-k a',
    'config unset tap-k nothing',
  ]),
  scenario('stores', kinds, [
    'config set tap-k --store=dotenv host d',
    'config set tap-k --store=meltano_yml host y',
    'config set tap-k --store=db host b',
    'config set tap-k --store=env host e',
    'config set tap-k --store=nope host e',
    'config set tap-k --store=dotenv unknown x',
    'config list tap-k',
    'config unset tap-k --store=dotenv host',
    'config list tap-k',
    'config unset tap-k host',
    'config list tap-k',
  ]),
  scenario('stores in environments', withEnvironments, [
    'config set tap-k host default',
    '--environment=prod config set tap-k host prod',
    '--environment=prod config set tap-k --store=meltano_yml port 1',
    'config set tap-k --store=meltano_yml port 2',
    '--environment=prod config set tap-k token t',
    '--environment=prod config list tap-k',
    '--environment=prod config unset tap-k host',
    '--environment=prod config set meltano cli.log_level error',
    '--environment=prod config set meltano --store=meltano_yml cli.log_format plain',
  ]),
  scenario('settings of the project', { 'meltano.yml': '# top\nproject_id: p1 # id\n' }, [
    'config set meltano cli.log_level info',
    'config set meltano elt.buffer_size 10',
    'config set meltano hub_url_auth abc',
    'config set meltano project_readonly false',
    'config set meltano database_uri sqlite:///x.db',
    'config set meltano cli.log_level loud',
    step('config unset meltano elt.buffer_size', { write: { '.env': 'X=1\n' } }),
  ]),
  scenario('overruled', kinds, [
    step('config set tap-k port 9', { env: { TAP_K_PORT: '7' } }),
    step('config unset tap-k port', { env: { TAP_K_PORT: '7' } }),
    "config set tap-k token '(redacted)'",
  ]),
  scenario('values from files', { ...kinds, 'value.txt': 'from a file\n' }, [
    'config set tap-k host --from-file=value.txt',
    step('config set tap-k host --from-file=-', { input: 'from stdin\n' }),
    'config set tap-k host --from-file=missing.txt',
  ]),
  scenario('reset', kinds, [
    'config set tap-k host a',
    'config set tap-k token b',
    'config set tap-k --store=db port 1',
    step('config reset tap-k', { input: 'n\n' }),
    step('config reset tap-k --store=meltano_yml', { input: 'y\n' }),
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
