import { type Command, Option } from 'commander';
import type { Host } from '../host.ts';
import {
  databaseUriOption,
  installOption,
  noInstallOption,
  onlyInstallOption,
  parseUuid,
} from './options.ts';

/** `el`, and its older form `elt`. */
export function defineElt(program: Command, host: Host): void {
  for (const name of ['el', 'elt'] as const) {
    const command = program
      .command(name)
      .description(
        name === 'el'
          ? 'Run one extractor and loader, with a state ID of its own.'
          : 'Deprecated: use el or run.',
      )
      .usage('[OPTIONS] EXTRACTOR LOADER')
      .argument('<extractor>')
      .argument('<loader>')
      .option('--dry', 'Do everything but start the plugins.')
      .option('--full-refresh', 'Ignore state, and read everything again. (env: MELTANO_RUN_FULL_REFRESH)')
      .option('--refresh-catalog', 'Discover the catalog anew.')
      .addOption(
        new Option('-s, --select <entity>', 'Read only this stream; may be given again.').argParser(collect),
      )
      .addOption(
        new Option('-e, --exclude <entity>', 'Leave out this stream; may be given again.').argParser(collect),
      )
      .option('--catalog <file>', 'A catalog file.')
      .option('--state <file>', 'A state file.')
      .addOption(
        new Option('--dump <what>', 'Print a generated file and stop.').choices([
          'catalog',
          'state',
          'extractor-config',
          'loader-config',
        ]),
      )
      .addOption(new Option('--state-id <id>', 'The state ID.').env('MELTANO_STATE_ID'))
      .option('-f, --force', 'Run although another run with the same state ID seems to be going on.')
      .addOption(
        new Option('--state-strategy <strategy>', 'How new state meets old state.')
          .choices(['auto', 'merge', 'overwrite'])
          .default('auto'),
      )
      .addOption(new Option('--merge-state', 'Deprecated: use --state-strategy=merge.').hideHelp())
      .addOption(new Option('--run-id <uuid>', 'The ID of this run.').argParser(parseUuid))
      .addOption(installOption())
      .addOption(noInstallOption())
      .addOption(onlyInstallOption())
      .addOption(databaseUriOption());
    if (name === 'elt') {
      command.addOption(
        new Option('--transform <when>', 'Whether to run transformations.')
          .choices(['skip', 'only', 'run'])
          .default('skip'),
      );
    }
    command.action(async (extractor, loader, options) => {
      const { runPair } = await import('./run-actions.ts');
      await runPair(host, name, { extractor, loader }, options);
    });
  }
}

function collect(entity: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), entity];
}
