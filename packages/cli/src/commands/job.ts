import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption, formatOption } from './options.ts';

export function defineJob(program: Command, host: Host): void {
  const job = program
    .command('job')
    .description('Manage jobs: named lists of steps.')
    .usage('[OPTIONS] COMMAND [ARGS]...');
  const actions = () => import('./job-actions.ts');
  job
    .command('list')
    .description('List jobs, or one of them.')
    .argument('[job_name]')
    .addOption(formatOption('text', 'json'))
    .addOption(databaseUriOption())
    .action(async (name, options) => (await actions()).listJobs(host, name, options));
  for (const [verb, description] of [
    ['add', 'Add a job.'],
    ['set', 'Replace the tasks of a job.'],
  ] as const) {
    job
      .command(verb)
      .description(description)
      .argument('<job_name>')
      .requiredOption('--tasks <yaml>', 'One task, or a YAML list of tasks.')
      .addOption(databaseUriOption())
      .action(async (name, options) => (await actions()).writeJob(host, verb, name, options));
  }
  job
    .command('remove')
    .description('Remove a job.')
    .argument('<job_name>')
    .addOption(databaseUriOption())
    .action(async (name, options) => (await actions()).removeJob(host, name, options));
}
