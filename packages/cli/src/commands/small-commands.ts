import { type Command, Option } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption, formatOption, pluginTypeOption } from './options.ts';

/** `compile`, `docs`, `dragon`, `hub`, `plugin`, `cloud`: little to say about each. */
export function defineSmallCommands(program: Command, host: Host): void {
  const actions = () => import('./small-actions.ts');
  program
    .command('compile')
    .description('Write the project with everything resolved as manifest files.')
    .option('--directory <folder>', 'Where to write them.', '.meltano/manifests')
    .option('--indent <n>', 'Spaces per level; 0 for one line.', Number, 4)
    .option('--lint', 'Warn of what does not fit the schema of project files.')
    .option('--no-lint', 'Do not (the default).')
    .option('--safe', 'Hide sensitive settings (the default).')
    .option('--unsafe', 'Show sensitive settings.')
    .addOption(databaseUriOption())
    .action(async (options) => (await import('./compile-actions.ts')).compileProject(host, options));
  program
    .command('docs')
    .description('Open the documentation in a browser.')
    .action(async () => (await actions()).openDocs(host));
  program
    .command('dragon')
    .description('Meet the dragon.')
    .action(async () => (await actions()).drawDragon(host));

  const hub = program.command('hub').description('Ask the Hub.').usage('[OPTIONS] COMMAND [ARGS]...');
  hub
    .command('ping')
    .description('Test whether the Hub can be reached.')
    .addOption(databaseUriOption())
    .action(async (options) => (await actions()).pingHub(host, options));
  hub
    .command('list')
    .description('List plugins that the Hub knows.')
    .argument('[pattern]', 'A glob over names.')
    .addOption(pluginTypeOption())
    .option('--all', 'All plugin types.')
    .option('--refresh', 'Ask the Hub again.')
    .addOption(formatOption('text', 'json'))
    .addOption(databaseUriOption())
    .action(async (pattern, options) => (await actions()).listHub(host, pattern, options));

  const plugin = program
    .command('plugin')
    .description('Look at the plugins of the project.')
    .usage('[OPTIONS] COMMAND [ARGS]...');
  plugin
    .command('list')
    .description('List the plugins of the project.')
    .addOption(formatOption('text', 'json'))
    .addOption(databaseUriOption())
    .action(async (options) => (await actions()).listPlugins(host, options));

  program
    .command('cloud', { hidden: true })
    .argument('[args...]')
    .allowUnknownOption()
    .addOption(new Option('--help').hideHelp())
    .action(async () => (await actions()).refuseCloud(host));
}
