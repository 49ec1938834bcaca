import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption, pluginTypeOption } from './options.ts';

export function defineInstall(program: Command, host: Host): void {
  program
    .command('install')
    .description('Install the plugins of the project.')
    .usage('[OPTIONS] [PLUGIN]...')
    .argument('[plugins...]')
    .addOption(pluginTypeOption())
    .option('--clean', 'Make the virtual environments anew.')
    .option('-p, --parallelism <n>', 'How many at once; below 1 means all.', Number)
    .option('-f, --force', "Ignore the packages' Python requirements.")
    .option('-s, --schedule <name>', 'Only the plugins that a schedule uses.')
    .addOption(databaseUriOption())
    .action(async (names, options) => {
      const { installNamed } = await import('./install-actions.ts');
      await installNamed(host, names, options);
    });
}
