import { type Command, Option } from 'commander';
import type { Host } from '../host.ts';
import {
  databaseUriOption,
  installOption,
  noInstallOption,
  onlyInstallOption,
  parseUuid,
  parseWholeNumber,
} from './options.ts';

export function defineRun(program: Command, host: Host): void {
  program
    .command('run')
    .description('Run a set of plugins, commands and jobs in series.')
    .usage('[OPTIONS] [BLOCKS]...')
    .argument('[blocks...]', 'tap target, tap mapping target, plugin:command, or a job')
    .optionsGroup('Run options:')
    .option('--dry-run', 'Show the plan, and do nothing.')
    .option('--full-refresh', 'Ignore state, and read everything again. (env: MELTANO_RUN_FULL_REFRESH)')
    .option('--refresh-catalog', 'Discover the catalog anew. (env: MELTANO_RUN_REFRESH_CATALOG)')
    .option(
      '-f, --force',
      'Run although another run with the same state ID seems to be going on. (env: MELTANO_RUN_FORCE)',
    )
    .addOption(
      new Option('--run-id <uuid>', 'The ID of this run.').env('MELTANO_RUN_ID').argParser(parseUuid),
    )
    .addOption(
      new Option('--timeout <seconds>', 'End the run after so many seconds.')
        .env('MELTANO_RUN_TIMEOUT')
        .argParser(parseWholeNumber(1)),
    )
    .optionsGroup('State options:')
    .option('--no-state-update', 'Run without reading or storing state. (env: MELTANO_RUN_NO_STATE_UPDATE)')
    .addOption(
      new Option('--state-id-suffix <suffix>', 'A suffix for the state IDs.').env(
        'MELTANO_RUN_STATE_ID_SUFFIX',
      ),
    )
    .addOption(
      new Option('--state-strategy <strategy>', 'How new state meets old state.')
        .choices(['auto', 'merge', 'overwrite'])
        .default('auto')
        .env('MELTANO_RUN_STATE_STRATEGY'),
    )
    .addOption(new Option('--merge-state', 'Deprecated: use --state-strategy=merge.').hideHelp())
    .optionsGroup('Installation options:')
    .addOption(installOption())
    .addOption(noInstallOption())
    .addOption(onlyInstallOption())
    .optionsGroup('Global options:')
    .addOption(databaseUriOption())
    .action(async (blocks, options) => {
      const { runBlocks } = await import('./run-actions.ts');
      await runBlocks(host, blocks, options);
    });
}
