import { Command, Option } from 'commander';
import { commandDefinitions } from './commands/command-definitions.ts';
import type { Host } from './host.ts';
import { version } from './version.ts';

/** The whole command line: global options and every command, nothing loaded that only an action needs. */
export function createProgram(host: Host): Command {
  const program = new Command('meltano')
    .description('ELT for the DataOps era: open source, self-hosted, CLI-first, debuggable, extensible.')
    .usage('[OPTIONS] COMMAND [ARGS]...')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput(outputOf(host))
    .configureHelp(helpShape(host))
    .showSuggestionAfterError(false)
    .addOption(
      choice('--log-level <level>', 'Least level of log lines that are shown.', [
        'debug',
        'info',
        'warning',
        'error',
        'critical',
        'disabled',
      ]),
    )
    .addOption(
      choice('--log-format <format>', 'How log lines are written.', [
        'colored',
        'uncolored',
        'json',
        'key_value',
        'key-value',
        'plain',
      ]),
    )
    .option('--log-config <path>', 'A logging configuration file.')
    .option('--environment <name>', 'The environment to work in.')
    .option('--no-environment', 'Work in no environment.')
    .option('--cwd <directory>', 'Run as if started in this directory.')
    .addOption(new Option('--env-file <path>', 'The dotenv file to read instead of .env.').hideHelp())
    .version(`meltano, version ${version}`, '--version', 'Show the version and exit.')
    .helpOption('--help', 'Show this message and exit.')
    .helpCommand(false);
  for (const define of commandDefinitions) define(program, host);
  for (const command of allCommands(program)) harmonize(command, host);
  host.useGlobals(() => program.opts());
  return program;
}

function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}

function allCommands(command: Command): readonly Command[] {
  return command.commands.flatMap((each) => [each, ...allCommands(each)]);
}

/** A group without a subcommand shows its help on stderr and exits with 2, as Meltano does. */
function harmonize(command: Command, host: Host): void {
  command
    .helpOption('--help', 'Show this message and exit.')
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError(false)
    .usage(inMeltanosWords(command.usage()));
  command.configureOutput(outputOf(host)).configureHelp(helpShape(host));
}

/** `[options] <plugin_name> [setting...]` → `[OPTIONS] PLUGIN_NAME [SETTING]...` */
function inMeltanosWords(usage: string): string {
  const upper = (word: string) => word.replace(/[a-z_]+/g, (letters) => letters.toUpperCase());
  return usage
    .replace('[options]', '[OPTIONS]')
    .replace(/<([a-z_]+)(\.\.\.)?>/g, (_, name: string, dots = '') => `${upper(name)}${dots}`)
    .replace(/\[([a-z_]+)(\.\.\.)?\]/g, (_, name: string, dots = '') => `[${upper(name)}]${dots}`);
}

function outputOf(host: Host) {
  return { writeOut: host.writeOut, writeErr: host.writeErr, outputError: () => {} };
}

/** Commands by name alone, and lines that a terminal can show. */
function helpShape({ terminal }: Host) {
  return {
    helpWidth: Math.min(terminal.stdout.columns ?? 80, 100),
    subcommandTerm: (command: Command) => command.name(),
  };
}
