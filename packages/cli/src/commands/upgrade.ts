import { type Command, Option } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption } from './options.ts';

export function defineUpgrade(program: Command, host: Host): void {
  const upgrade = program
    .command('upgrade')
    .description('Bring files and the system database of the project up to date.')
    .usage('[OPTIONS] COMMAND [ARGS]...');
  const actions = () => import('./upgrade-actions.ts');
  // Meltano's own, for the Python package that it is: they mean nothing here.
  const packageOptions = (command: Command) =>
    command
      .addOption(new Option('--pip-url <text>', 'Of no use: this program is no Python package.').hideHelp())
      .addOption(new Option('--force', 'Of no use: this program is no Python package.').hideHelp());
  packageOptions(upgrade.command('all', { isDefault: true }))
    .description('All of it (the default).')
    .option('--skip-package', 'Leave the program itself aside.')
    .addOption(databaseUriOption())
    .action(async (options) => (await actions()).upgradeAll(host, options));
  packageOptions(upgrade.command('package'))
    .description('Say how the program itself is upgraded.')
    .action(async () => (await actions()).explainPackageUpgrade(host));
  upgrade
    .command('files')
    .description('Update files that file bundles manage.')
    .addOption(databaseUriOption())
    .action(async (options) => (await actions()).upgradeFiles(host, options));
  upgrade
    .command('database')
    .description('Apply migrations to the system database.')
    .addOption(databaseUriOption())
    .action(async (options) => (await actions()).upgradeDatabase(host, options));
}
