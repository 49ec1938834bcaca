import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption, formatOption } from './options.ts';

export function defineEnvironment(program: Command, host: Host): void {
  const environment = program
    .command('environment')
    .description('Manage environments.')
    .usage('[OPTIONS] COMMAND [ARGS]...');
  const actions = () => import('./environment-actions.ts');
  environment
    .command('list')
    .description('List the environments of this project.')
    .addOption(databaseUriOption())
    .addOption(formatOption('text', 'json'))
    .action(async (options) => (await actions()).listEnvironments(host, options));
  environment
    .command('add')
    .description('Add an environment.')
    .argument('<name>')
    .addOption(databaseUriOption())
    .action(async (name, options) => (await actions()).addEnvironment(host, name, options));
  environment
    .command('remove')
    .description('Remove an environment.')
    .argument('<name>')
    .addOption(databaseUriOption())
    .action(async (name, options) => (await actions()).removeEnvironment(host, name, options));
}
