import { CommanderError } from 'commander';
import { expect, it } from 'vitest';
import { createHost } from '../host.ts';
import { createProgram } from '../program.ts';
import { renderUsageError } from './usage-error.ts';

/** The last lines that a wrong command line is answered with. */
function answer(...args: readonly string[]): readonly string[] {
  const program = createProgram(createHost(process));
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return renderUsageError(error, program, args).slice(3);
    throw error;
  }
  return [];
}

it('says where an option belongs that stands behind the subcommand', () => {
  expect(answer('config', 'print', '--unsafe', 'tap-x')).toEqual([
    "Error: No such option '--unsafe'.",
    "It belongs before 'print': meltano config --unsafe print tap-x",
  ]);
  expect(answer('run', '--environment', 'prod', 'tap-x', 'target-y')).toEqual([
    "Error: No such option '--environment'.",
    "It belongs before 'run': meltano --environment <environment> run tap-x …",
  ]);
  expect(answer('job', 'list', '--log-level=debug')).toEqual([
    "Error: No such option '--log-level'.",
    "It belongs before 'job': meltano --log-level=debug job list",
  ]);
});

it('never repeats a value that may be a secret', () => {
  expect(answer('config', 'set', 'tap-x', 'password', 'hunter2', '--unsafe').join(' ')).not.toContain(
    'hunter2',
  );
});

it('names the nearest option, or the commands that have it', () => {
  expect(answer('run', '--full-refesh', 'a', 'b')).toEqual([
    "Error: No such option '--full-refesh'. Did you mean '--full-refresh'?",
  ]);
  expect(answer('job', 'list', '--full-refresh')).toEqual([
    "Error: No such option '--full-refresh'.",
    "It is an option of 'meltano el' and 'meltano elt' and 'meltano run'.",
  ]);
});
