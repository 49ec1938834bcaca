import type { Command } from 'commander';
import type { Host } from '../host.ts';
import {
  databaseUriOption,
  formatOption,
  installOption,
  noInstallOption,
  onlyInstallOption,
  parseWholeNumber,
} from './options.ts';

export function definePreview(program: Command, host: Host): void {
  program
    .command('preview')
    .description('Show the first records that an extractor reads; no state is used or stored.')
    .usage('[OPTIONS] EXTRACTOR [STREAM]')
    .argument('<extractor>')
    .argument('[stream]', 'One stream; without it every selected one.')
    .option('-n, --records <n>', 'How many of each stream.', parseWholeNumber(1), 10)
    .addOption(formatOption('table', 'json'))
    .addOption(installOption())
    .addOption(noInstallOption())
    .addOption(onlyInstallOption())
    .addOption(databaseUriOption())
    .action(async (extractor, stream, options) => {
      const { previewRecords } = await import('./preview-actions.ts');
      await previewRecords(host, extractor, stream, options);
    });
}
