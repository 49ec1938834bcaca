import { type Command, Option } from 'commander';
import type { Host } from '../host.ts';
import {
  databaseUriOption,
  installOption,
  noInstallOption,
  onlyInstallOption,
  pluginTypeOption,
} from './options.ts';

export function defineInvoke(program: Command, host: Host): void {
  program
    .command('invoke')
    .description("Invoke a plugin's executable with what the project configures for it.")
    .usage('[OPTIONS] PLUGIN_NAME[:COMMAND_NAME] [PLUGIN_ARGS]...')
    .argument('<plugin_name[:command_name]>')
    .argument('[plugin_args...]')
    .passThroughOptions()
    .addOption(
      new Option(
        '--print-var <name>',
        "Print a variable of the plugin's environment; may be given again.",
      ).argParser(collect),
    )
    .addOption(pluginTypeOption())
    .addOption(new Option('--dump <what>', 'Print a generated file and stop.').choices(['catalog', 'config']))
    .option('--refresh-catalog', 'Discover the catalog anew.')
    .option('--list-commands', 'List the commands of the plugin.')
    .addOption(
      new Option('--format <format>', 'Output format of --list-commands.')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option('--containers', 'Run a command with a container specification in a container.')
    .addOption(installOption())
    .addOption(noInstallOption())
    .addOption(onlyInstallOption())
    .addOption(databaseUriOption())
    .action(async (name, args, options) => {
      const { invokeNamed } = await import('./invoke-actions.ts');
      await invokeNamed(host, name, args, options);
    });
}

function collect(name: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), name];
}
