import { pluginTypes } from '@meltano/project/plugin/plugin-type';
import { writableStores } from '@meltano/project/settings/choose-store';

/** What a name in the project can be the name of; `blocks` is all that `run` takes. */
export type NameKind =
  | 'plugins'
  | 'configurable'
  | 'extractors'
  | 'loaders'
  | 'commands'
  | 'tests'
  | 'blocks'
  | 'settings'
  | 'jobs'
  | 'schedules'
  | 'environments'
  | 'states'
  | 'runs';

const options: Readonly<Record<string, NameKind | 'dir' | 'file' | readonly string[]>> = {
  '--environment': 'environments',
  '--cwd': 'dir',
  '--directory': 'dir',
  '--env-file': 'file',
  '--log-config': 'file',
  '--from-file': 'file',
  '--input-file': 'file',
  '--from-ref': 'file',
  '--catalog': 'file',
  '--state': 'file',
  '--plugin-type': pluginTypes,
  '--store': ['auto', ...writableStores],
  '--inherit-from': 'plugins',
  '--extractor': 'extractors',
  '--loader': 'loaders',
  '--job': 'jobs',
  '--schedule': 'schedules',
  '--state-id': 'states',
  '--from-state-id': 'states',
};

/** What the value of an option names; undefined when nobody can say. */
export function optionKind(long: string): NameKind | 'dir' | 'file' | readonly string[] | undefined {
  return options[long];
}

/** By command and argument, else by argument alone. */
const argumentsOfCommands: Readonly<Record<string, NameKind | 'dir' | 'file'>> = {
  'install plugins': 'plugins',
  'remove plugins': 'plugins',
  'invoke plugin_name': 'commands',
  'invoke plugin_args': 'file',
  'environment remove name': 'environments',
  'schedule set name': 'schedules',
  'schedule run name': 'schedules',
  'schedule remove name': 'schedules',
  'job list job_name': 'jobs',
  'job set job_name': 'jobs',
  'job remove job_name': 'jobs',
  'state import file': 'file',
  'init project_directory': 'dir',
  plugin_name: 'configurable',
  plugin_names: 'plugins',
  plugin_tests: 'tests',
  extractor: 'extractors',
  loader: 'loaders',
  blocks: 'blocks',
  setting: 'settings',
  setting_and_value: 'settings',
  state_id: 'states',
  src_state_id: 'states',
  dst_state_id: 'states',
  run_id: 'runs',
  log_id: 'runs',
};

/** `argument` as the command declares it, e.g. `plugin_name[:command_name]`, of which the first word counts. */
export function argumentKind(command: string, declared: string): NameKind | 'dir' | 'file' | undefined {
  const argument = /^\w+/.exec(declared)?.[0] ?? declared;
  return argumentsOfCommands[`${command} ${argument}`] ?? argumentsOfCommands[argument];
}
