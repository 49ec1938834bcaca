import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { databaseUriOption, formatOption } from './options.ts';

export function defineState(program: Command, host: Host): void {
  const state = program
    .command('state')
    .description('Manage Singer state.')
    .usage('[OPTIONS] COMMAND [ARGS]...');
  const actions = () => import('./state-actions.ts');
  const define = (usage: string, description: string) =>
    state.command(usage).description(description).addOption(databaseUriOption());

  define('list', 'List the state IDs of this project.')
    .option('--pattern <glob>', 'Only the IDs that match; * stands for any text.')
    .addOption(formatOption('text', 'json'))
    .action(async (options) => (await actions()).listStates(host, options));
  define('get', 'Get the state of a state ID.')
    .argument('<state_id>')
    .addOption(formatOption('json', 'pretty'))
    .action(async (stateId, options) => (await actions()).printState(host, stateId, options));
  define('set', 'Set the state of a state ID.')
    .argument('<state_id>')
    .argument('[state]')
    .option('--force', 'Do not ask.')
    .option('--input-file <path>', 'Read the state from a file.')
    .option('--no-validate', 'Take any JSON object.')
    .action(async (stateId, text, options) => (await actions()).replaceState(host, stateId, text, options));
  define('merge', 'Merge a state into the one of a state ID.')
    .argument('<state_id>')
    .argument('[state]')
    .option('--input-file <path>', 'Read the state from a file.')
    .option('--from-state-id <id>', 'Take the state of another state ID.')
    .action(async (stateId, text, options) => (await actions()).mergeStates(host, stateId, text, options));
  define('copy', 'Copy a state to another state ID.')
    .argument('<src_state_id>')
    .argument('<dst_state_id>')
    .option('--force', 'Do not ask.')
    .action(async (from, to, options) => (await actions()).copyStates(host, from, to, options));
  define('move', 'Move a state to another state ID.')
    .argument('<src_state_id>')
    .argument('<dst_state_id>')
    .option('--force', 'Do not ask.')
    .action(async (from, to, options) => (await actions()).moveStates(host, from, to, options));
  define('clear', 'Clear the state of a state ID.')
    .argument('[state_id]')
    .option('--all', 'Clear every state ID.')
    .option('--force', 'Do not ask.')
    .action(async (stateId, options) => (await actions()).clearStates(host, stateId, options));
  define('edit', 'Edit a state in your editor.')
    .argument('<state_id>')
    .option('--force', 'Do not ask.')
    .action(async (stateId, options) => (await actions()).editState(host, stateId, options));
  define('export', 'Export all states as JSON.').action(async (options) =>
    (await actions()).exportStates(host, options),
  );
  define('import', 'Import states that were exported.')
    .argument('[file]')
    .action(async (file, options) => (await actions()).importStates(host, file, options));
  define('history', 'List the states that newer ones replaced.')
    .argument('<state_id>')
    .addOption(formatOption('text', 'json'))
    .action(async (stateId, options) => (await actions()).listStateHistory(host, stateId, options));
  define('restore', 'Bring back a state that was replaced.')
    .argument('<state_id>')
    .option('--steps <n>', 'How many changes to go back.', '1')
    .option('--force', 'Do not ask.')
    .action(async (stateId, options) => (await actions()).restorePastState(host, stateId, options));
}
