import { type Command, Option } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption, pluginTypeOption } from './options.ts';

export function defineAdd(program: Command, host: Host): void {
  program
    .command('add')
    .description('Add plugins to the project.')
    .usage('[OPTIONS] PLUGIN...')
    .argument('<plugin...>')
    .addOption(pluginTypeOption())
    .option('--inherit-from <name>', 'Make a plugin that inherits from another.')
    .option('--variant <name>', 'The variant to add.')
    .option('--as <name>', 'Add under another name, inheriting from the given one.')
    .option('--from-ref <url_or_path>', 'A plugin definition file.')
    .option('--python <path_or_name>', 'The Python to install with.')
    .option('--custom', 'Describe a plugin that no Hub knows.')
    .addOption(new Option('--no-update', 'Leave a plugin that exists as it is.').hideHelp())
    .addOption(new Option('--update', 'Update a plugin that exists.').hideHelp())
    .option('--install', 'Install what is added (the default).')
    .option('--no-install', 'Do not install what is added.')
    .option('--force-install', "Ignore the packages' Python requirements.")
    .optionsGroup('Answers for --custom:')
    .option('--namespace <name>', 'Namespace of the custom plugin.')
    .option('--pip-url <args>', 'What to install; n for nothing.')
    .option('--executable <name>', 'The program to start.')
    .option('--capabilities <list>', 'Comma-separated capabilities of an extractor.')
    .option('--settings <list>', 'Comma-separated settings, each name or name:kind.')
    .addOption(databaseUriOption())
    .action(async (names, options) => {
      const { addNamed } = await import('./add-actions.ts');
      await addNamed(host, names, options);
    });
}
