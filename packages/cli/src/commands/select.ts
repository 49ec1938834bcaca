import { type Command, Option } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption, installOption, noInstallOption, onlyInstallOption } from './options.ts';

export function defineSelect(program: Command, host: Host): void {
  program
    .command('select')
    .description('Select what an extractor reads, or list what it can read.')
    .usage('[OPTIONS] EXTRACTOR [STREAMS_FILTER] [PROPERTIES_FILTER]')
    .argument('<extractor>')
    .argument('[streams_filter]')
    .argument('[properties_filter]')
    .option('--list', 'List what is selected.')
    .option('--json', 'List as JSON.')
    .addOption(new Option('--format <format>', 'List in this format.').choices(['text', 'json']))
    .option('--all', 'Also list what is not selected.')
    .option('--refresh-catalog', 'Discover the catalog anew.')
    .option('--exclude', 'Exclude instead of select.')
    .option('--rm, --remove', 'Remove a pattern.')
    .option('--clear', 'Remove all patterns.')
    .addOption(installOption())
    .addOption(noInstallOption())
    .addOption(onlyInstallOption())
    .addOption(databaseUriOption())
    .action(async (extractor, streams, properties, options) => {
      const { selectEntities } = await import('./select-actions.ts');
      await selectEntities(host, extractor, { streams, properties }, options);
    });
}
