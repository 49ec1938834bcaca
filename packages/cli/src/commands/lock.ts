import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption, pluginTypeOption } from './options.ts';

export function defineLock(program: Command, host: Host): void {
  program
    .command('lock')
    .description('Write lock files of plugin definitions.')
    .usage('[OPTIONS] [PLUGIN_NAME]...')
    .argument('[plugin_names...]')
    .addOption(pluginTypeOption())
    .option('-u, --update', 'Replace lock files that exist.')
    .addOption(databaseUriOption())
    .action(async (names, options) => {
      const { lockNamed } = await import('./lock-actions.ts');
      await lockNamed(host, names, options);
    });
}
