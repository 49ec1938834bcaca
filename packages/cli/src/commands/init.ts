import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption } from './options.ts';

export function defineInit(program: Command, host: Host): void {
  program
    .command('init')
    .description('Make a new project.')
    .usage('[OPTIONS] [PROJECT_DIRECTORY]')
    .argument('[project_directory]')
    .option('--no-usage-stats', 'Write that no usage statistics are sent.')
    .option('--force', 'Overwrite an existing meltano.yml.')
    .addOption(databaseUriOption())
    .action(async (folder, options) => {
      const { initProject } = await import('./init-actions.ts');
      await initProject(host, folder, options);
    });
}
