import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption, formatOption } from './options.ts';

export function defineDoctor(program: Command, host: Host): void {
  program
    .command('doctor')
    .description('Look for what could keep the project from working, and say what to type.')
    .addOption(formatOption('text', 'json'))
    .addOption(databaseUriOption())
    .action(async (options) => {
      const { examineProject } = await import('./doctor-actions.ts');
      await examineProject(host, options);
    });
}
