import { differs, drops, leaves, logs } from '../differences.ts';
import { type Scenario, scenario, step } from '../scenario.ts';
import { scripts } from './fixtures.ts';

const empty = { 'meltano.yml': 'default_environment: dev\nproject_id: p1\nenvironments:\n- name: dev\n' };

const usageFirst = drops('usage-first', /^The default environment/);

export const usageScenarios: readonly Scenario[] = [
  scenario('unknown commands and options', empty, [
    'confg',
    step('stat list', { differs: [drops('near-names', /^ {4}(install|test)$/)] }),
    'zzzzzz',
    step('state lst', { differs: [usageFirst] }),
    'environment lis',
    step('config lst', { differs: [usageFirst, drops('near-names', '    test')] }),
    'run --nope',
    '--log-level=loud run',
    step('config print', { differs: [usageFirst] }),
    step('state get', { differs: [usageFirst] }),
  ]),
  scenario('outside of a project', {}, [
    'run tap-x target-x',
    'config print meltano',
    'state list',
    'environment list',
  ]),
  scenario('an empty project file', { 'meltano.yml': '' }, ['environment list', 'config list meltano']),
  scenario('options with underscores', scripts, [
    'run --full_refresh --state_id_suffix=s --no_install tap-x target-x',
    '--log_level=error environment list',
    'state list',
  ]),
  scenario('environment selection', scripts, [
    '--environment=nope run tap-x target-x',
    step('--no-environment run tap-x target-x', {
      differs: [drops('usage-first', 'No Meltano environment was selected')],
    }),
    '--environment=nope environment list',
    step('config print tap-x', { env: { MELTANO_ENVIRONMENT: 'prod' } }),
    step('config print tap-x', { env: { MELTANO_ENVIRONMENT: 'null' } }),
    step('config print tap-x', { env: { MELTANO_ENVIRONMENT: '' } }),
    '--environment=nope config print tap-x',
  ]),
  scenario('a project for another version', { 'meltano.yml': "project_id: p1\nrequires_meltano: '<1'\n" }, [
    step('environment list', {
      differs: [differs('results-only', { stdout: [''] }), logs('results-only', 'error', '(a sentence)')],
    }),
  ]),
  scenario('working elsewhere', { 'meltano.yml': empty['meltano.yml'], 'sub/x.txt': '' }, [
    step('environment list', { cwd: 'sub' }),
    '--cwd=sub environment list',
    '--cwd=nope environment list',
    step('environment list', { env: { MELTANO_PROJECT_ROOT: '/nonexistent' } }),
  ]),
  scenario('a project without an id', { 'meltano.yml': '# mine\nenvironments:\n- name: dev\n' }, [
    'environment list',
    step('environment list', { differs: [leaves('no-project-id', 'meltano.yml')] }),
  ]),
  scenario('help and version', empty, ['', 'state', step('config', { differs: [usageFirst] }), 'job']),
];
