import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption, formatOption, parseWholeNumber } from './options.ts';

/** Reports of past runs (`runs`), and Meltano's older view of the same logs (`logs`). */
export function defineRuns(program: Command, host: Host): void {
  const runs = program
    .command('runs')
    .description('Show what past runs came to.')
    .usage('[OPTIONS] COMMAND [ARGS]...');
  const actions = () => import('./runs-actions.ts');
  runs
    .command('list')
    .description('List runs, newest first.')
    .option('-l, --limit <n>', 'How many.', parseWholeNumber(1), 10)
    .addOption(formatOption('text', 'json'))
    .addOption(databaseUriOption())
    .action(async (options) => (await actions()).listRuns(host, options));
  runs
    .command('show')
    .description('Show the report of a run: of the last one, or by the beginning of its ID.')
    .argument('[run_id]')
    .addOption(formatOption('text', 'json'))
    .addOption(databaseUriOption())
    .action(async (runId, options) => (await actions()).showRun(host, runId, options));
  runs
    .command('logs')
    .description('Print the log of a run: of the last one, or by the beginning of its ID.')
    .argument('[run_id]')
    .option('-n, --tail <n>', 'Only the last lines.', parseWholeNumber(1))
    .addOption(databaseUriOption())
    .action(async (runId, options) => (await actions()).printRunLog(host, runId, options));

  const logActions = () => import('./logs-actions.ts');
  const logs = program.command('logs').description('Show logs of runs.').usage('[OPTIONS] COMMAND [ARGS]...');
  logs
    .command('list')
    .description('List runs that have a log.')
    .option('-l, --limit <n>', 'How many.', parseWholeNumber(1), 10)
    .addOption(formatOption('text', 'json'))
    .addOption(databaseUriOption())
    .action(async (options) => (await logActions()).listLogs(host, options));
  logs
    .command('show')
    .description('Show the log of a run.')
    .argument('<log_id>')
    .option('-n, --tail <n>', 'Only the last lines.', parseWholeNumber(1))
    .addOption(formatOption('text', 'json'))
    .addOption(databaseUriOption())
    .action(async (runId, options) => (await logActions()).showLog(host, runId, options));
  logs
    .command('dir')
    .description('Print the folder that holds the logs.')
    .addOption(databaseUriOption())
    .action(async (options) => (await logActions()).printLogFolder(host, options));
}
