import type { Command } from 'commander';
import type { Host } from '../host.ts';
import {
  databaseUriOption,
  formatOption,
  installOption,
  noInstallOption,
  onlyInstallOption,
  pluginTypeOption,
} from './options.ts';

export function defineConfig(program: Command, host: Host): void {
  const config = program
    .command('config')
    .description('Show and change settings of plugins, and of Meltano itself (plugin name meltano).')
    .usage('[OPTIONS] COMMAND [ARGS]...')
    .option('--safe', 'Hide sensitive settings (the default).')
    .option('--unsafe', 'Show sensitive settings.')
    .action(() => {});
  const actions = () => import('./config-actions.ts');
  const writers = () => import('./config-write.ts');
  const define = (usage: string, description: string) =>
    config
      .command(usage)
      .description(description)
      .addOption(pluginTypeOption())
      .addOption(databaseUriOption());
  const unsafe = () => config.opts()['unsafe'] === true;

  define('print', 'Print the settings of a plugin.')
    .argument('<plugin_name>')
    .addOption(formatOption('json', 'env'))
    .option('--extras', 'Print the extras instead.')
    .action(async (name, options) =>
      (await actions()).printConfig(host, name, { ...options, unsafe: unsafe() }),
    );
  define('list', 'List the settings of a plugin with their values and where those come from.')
    .argument('<plugin_name>')
    .option('--extras', 'Only extras.')
    .option('--all', 'Also optional settings that have their default.')
    .option('--filter <substring>', 'Only settings whose name contains the text.')
    .addOption(formatOption('text', 'json'))
    .action(async (name, options) =>
      (await actions()).listConfig(host, name, { ...options, unsafe: unsafe() }),
    );
  define('explain', 'Show every place that could set a setting, which one wins, and why.')
    .argument('<plugin_name>')
    .argument('<setting...>')
    .action(async (name, setting, options) =>
      (await actions()).explainConfig(host, name, setting, { ...options, unsafe: unsafe() }),
    );
  define('set', 'Set a setting.')
    .argument('<plugin_name>')
    .argument('[setting_and_value...]')
    .option('--store <store>', 'Where to write it.', 'auto')
    .option('--interactive', 'Ask for each setting.')
    .option('--from-file <path>', 'Take the value from a file; - for standard input.')
    .action(async (name, words, options) => (await writers()).setConfig(host, name, words, options));
  define('unset', 'Unset a setting.')
    .argument('<plugin_name>')
    .argument('<setting...>')
    .option('--store <store>', 'Where to remove it.', 'auto')
    .action(async (name, setting, options) => (await writers()).unsetConfig(host, name, setting, options));
  define('reset', 'Remove all settings of a plugin.')
    .argument('<plugin_name>')
    .option('--store <store>', 'Where to remove them.', 'auto')
    .option('--yes', 'Do not ask.')
    .action(async (name, options) => (await writers()).resetConfig(host, name, options));
  define('test', 'Test whether the settings of a plugin work.')
    .argument('<plugin_name>')
    .addOption(installOption())
    .addOption(noInstallOption())
    .addOption(onlyInstallOption())
    .action(async (name, options) => {
      const { testConfig } = await import('./config-test-action.ts');
      await testConfig(host, name, options);
    });
}
