import { type Command, Option } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption, formatOption } from './options.ts';

export function defineSchedule(program: Command, host: Host): void {
  const schedule = program
    .command('schedule')
    .description('Manage schedules.')
    .usage('[OPTIONS] COMMAND [ARGS]...');
  const actions = () => import('./schedule-actions.ts');
  const parts = (command: Command) =>
    command
      .option(
        '--interval <interval>',
        'A cron expression, or @hourly, @daily, @weekly, @monthly, @yearly, @once, @manual.',
      )
      .option('--job <name>', 'The job to run.')
      .option('--extractor <name>', 'The extractor of an ELT schedule.')
      .option('--loader <name>', 'The loader of an ELT schedule.')
      .addOption(
        new Option('--transform <when>', 'Whether an ELT schedule runs transformations.').choices([
          'skip',
          'only',
          'run',
        ]),
      )
      .addOption(databaseUriOption());
  parts(
    schedule.command('add', { isDefault: true }).description('Add a schedule.').argument('<name>'),
  ).action(async (name, options) => (await actions()).addSchedule(host, name, options));
  parts(schedule.command('set').description('Change a schedule.').argument('<name>')).action(
    async (name, options) => (await actions()).setSchedule(host, name, options),
  );
  schedule
    .command('list')
    .description('List schedules.')
    .addOption(formatOption('text', 'json'))
    .addOption(databaseUriOption())
    .action(async (options) => (await actions()).listSchedules(host, options));
  schedule
    .command('run')
    .description('Run a schedule now.')
    .argument('<name>')
    .argument('[args...]')
    .passThroughOptions()
    .addOption(databaseUriOption())
    .action(async (name, args, options) => (await actions()).runSchedule(host, name, args, options));
  schedule
    .command('remove')
    .description('Remove a schedule.')
    .argument('<name>')
    .addOption(databaseUriOption())
    .action(async (name, options) => (await actions()).removeSchedule(host, name, options));
}
