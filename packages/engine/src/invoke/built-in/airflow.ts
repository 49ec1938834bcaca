import { errorMessage } from '@meltano/foundation/errors';
import type { JsonObject } from '@meltano/foundation/json';
import { isJsonObject } from '@meltano/foundation/json';
import { invokeError } from '../errors.ts';
import type { BuiltInBuild, BuiltInPlugin } from './built-in-plugin.ts';
import { type IniSections, parseIni, renderIni } from './ini.ts';

/** The orchestrator Airflow. Source: meltano-runtime §7.6. */
export const airflow: BuiltInPlugin = {
  configFile: 'airflow.cfg',
  env: ({ folder, config }) => ({ AIRFLOW_HOME: folder, AIRFLOW_CONFIG: config }),
  beforeEachStart: [],
  async configure(build) {
    const sections = readDefaults(await build.runStep(['config', 'list', '--defaults']));
    addSettings(sections, build.prepared.config);
    build.writeConfig(renderIni(sections));
    await build.runStep(await commandForDatabase(build));
  },
};

function readDefaults(text: string): IniSections {
  try {
    return parseIni(text);
  } catch (cause) {
    throw invokeError('preparation_failed', {
      message: `\`airflow config list --defaults\` printed what is no configuration: ${errorMessage(cause)}`,
      hint: 'start it by hand; warnings belong on standard error',
      cause,
    });
  }
}

function addSettings(sections: IniSections, config: JsonObject): void {
  for (const [name, options] of Object.entries(config)) {
    const section = sections.get(name);
    if (!isJsonObject(options)) throw refused(name, 'it names no section, as in core.load_examples');
    if (section === undefined && name !== 'DEFAULT')
      throw refused(name, `airflow.cfg has no section [${name}]`);
    const written = section ?? new Map<string, string>();
    sections.set(name, written);
    for (const [option, value] of Object.entries(options)) {
      written.set(option.toLowerCase(), acceptedValue(`${name}.${option}`, value));
    }
  }
}

/** A `%` begins a reference in this file; Airflow fails on one that does not. */
function acceptedValue(setting: string, value: unknown): string {
  if (typeof value !== 'string') throw refused(setting, 'sections have no sections inside them');
  const rest = value.replaceAll('%%', '').replace(/%\([^)]+\)s/g, '');
  if (rest.includes('%')) throw refused(setting, 'a single % is no text in airflow.cfg; write it as %%');
  return value;
}

function refused(setting: string, why: string) {
  return invokeError('setting_refused', {
    message: `The setting '${setting}' cannot be written into airflow.cfg: ${why}`,
    hint: 'meltano config list airflow',
    details: { setting },
  });
}

/** The command was renamed with Airflow 2. */
async function commandForDatabase(build: BuiltInBuild): Promise<readonly string[]> {
  const version = await build.runStep(['version']);
  const major = /^v?(\d+)(\.\d+)*\S*\s*$/m.exec(version)?.[1];
  if (major !== undefined) return Number(major) < 2 ? ['initdb'] : ['db', 'init'];
  throw invokeError('preparation_failed', {
    message: '`airflow version` printed no version',
    hint: 'start it by hand',
  });
}
