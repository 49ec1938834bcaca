import { type Scenario, scenario, step } from '../scenario.ts';
import { scripts } from './fixtures.ts';

const empty = { 'meltano.yml': 'default_environment: dev\nenvironments:\n- name: dev\n' };

export const usageScenarios: readonly Scenario[] = [
  scenario('unknown commands and options', empty, [
    'confg',
    'stat list',
    'zzzzzz',
    'state lst',
    'environment lis',
    'config lst',
    'run --nope',
    '--log-level=loud run',
    'config print',
    'state get',
  ]),
  scenario('outside of a project', {}, ['run tap-x target-x', 'config print meltano', 'state list', 'environment list']),
  scenario('an empty project file', { 'meltano.yml': '' }, ['environment list', 'config list meltano']),
  scenario('options with underscores', scripts, [
    'run --full_refresh --state_id_suffix=s --no_install tap-x target-x',
    '--log_level=error environment list',
    'state list',
  ]),
  scenario('environment selection', scripts, [
    '--environment=nope run tap-x target-x',
    '--no-environment run tap-x target-x',
    '--environment=nope environment list',
    step('config print tap-x', { env: { MELTANO_ENVIRONMENT: 'prod' } }),
    step('config print tap-x', { env: { MELTANO_ENVIRONMENT: 'null' } }),
    step('config print tap-x', { env: { MELTANO_ENVIRONMENT: '' } }),
    '--environment=nope config print tap-x',
  ]),
  scenario('a project for another version', { 'meltano.yml': "requires_meltano: '<1'\n" }, ['environment list']),
  scenario('working elsewhere', { 'meltano.yml': empty['meltano.yml'], 'sub/x.txt': '' }, [
    step('environment list', { cwd: 'sub' }),
    '--cwd=sub environment list',
    '--cwd=nope environment list',
    step('environment list', { env: { MELTANO_PROJECT_ROOT: '/nonexistent' } }),
  ]),
  scenario('help and version', empty, ['', 'state', 'config', 'job']),
];
