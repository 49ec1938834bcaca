import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption, pluginTypeOption } from './options.ts';

export function defineRemove(program: Command, host: Host): void {
  program
    .command('remove')
    .description('Remove plugins from the project.')
    .usage('[OPTIONS] PLUGIN...')
    .argument('<plugins...>')
    .addOption(pluginTypeOption())
    .addOption(databaseUriOption())
    .action(async (names, options) => {
      const { removeNamed } = await import('./remove-actions.ts');
      await removeNamed(host, names, options);
    });
}
