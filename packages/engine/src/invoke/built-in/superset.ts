import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pythonRepr } from '@meltano/foundation/python-text';
import { invokeError } from '../errors.ts';
import type { BuiltInBuild, BuiltInPlugin } from './built-in-plugin.ts';

/** The utility Superset. Source: meltano-project §2.11. */
export const superset: BuiltInPlugin = {
  configFile: 'superset_config.py',
  env: ({ folder, config }) => ({
    SUPERSET_HOME: folder,
    SUPERSET_CONFIG_PATH: config,
    FLASK_APP: 'superset',
  }),
  beforeEachStart: [['db', 'upgrade'], ['init']],
  async configure(build) {
    const own = findOwnConfig(build);
    build.writeConfig(settingsModule(build.prepared.config, own));
    if (own !== undefined) build.info(`Merged in config from ${own}`);
  },
};

function findOwnConfig({ prepared, root }: BuiltInBuild): string | undefined {
  const written = prepared.extras['_config_path'];
  if (typeof written !== 'string' || written === '') return undefined;
  const path = resolve(root, written);
  if (existsSync(path)) return path;
  throw invokeError('no_such_file', {
    message: `Could not find config file ${path}`,
    hint: `meltano config set ${prepared.plugin.name} _config_path <path>`,
    details: { plugin: prepared.plugin.name, path },
  });
}

/** Names in capitals are Superset's configuration; those of the project's own file win. */
function settingsModule(config: unknown, own: string | undefined): string {
  const lines = [
    `settings = ${pythonRepr(config)}`,
    'globals().update({name: value for name, value in settings.items() if name.isupper()})',
  ];
  if (own === undefined) return lines.join('\n');
  lines.push(
    'import importlib.util, sys',
    `own_spec = importlib.util.spec_from_file_location("superset_config", ${pythonRepr(own)})`,
    'own = importlib.util.module_from_spec(own_spec)',
    'sys.modules["superset_config"] = own',
    'own_spec.loader.exec_module(own)',
    'globals().update({name: getattr(own, name) for name in dir(own) if name.isupper()})',
  );
  return lines.join('\n');
}
