import { nearNames } from '@meltano/foundation/near-names';
import type { Command, CommanderError } from 'commander';

/**
 * A wrong command line in the words of Meltano: usage, where to read on, then what is wrong, with the nearest
 * names. Help that was asked for is no error and gives no lines.
 */
export function renderUsageError(
  error: CommanderError,
  program: Command,
  args: readonly string[],
): readonly string[] {
  if (
    error.code === 'commander.helpDisplayed' ||
    error.code === 'commander.version' ||
    error.code === 'commander.help'
  )
    return [];
  const command = commandOf(program, args);
  const path = pathOf(command);
  return [
    `Usage: ${path} ${command.usage()}`,
    `Try '${path} --help' for help.`,
    '',
    ...describe(error, command, program, args),
  ];
}

function describe(
  error: CommanderError,
  command: Command,
  program: Command,
  args: readonly string[],
): readonly string[] {
  const subject = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownCommand':
      return unknownCommand(subject, command);
    case 'commander.unknownOption':
      return unknownOption(subject, { command, program, args });
    case 'commander.missingArgument':
      return [`Error: Missing argument '${argumentName(subject, command)}'.`];
    case 'commander.excessArguments':
      if (command.commands.length > 0) return unknownCommand(firstExcess(command, args), command);
      return [`Error: Got unexpected extra argument. ${error.message.replace(/^error: /, '')}`];
    default:
      return [`Error: ${error.message.replace(/^error: /, '')}`];
  }
}

/** Arguments that may be given more than once are shown with dots. */
function argumentName(name: string, command: Command): string {
  const argument = command.registeredArguments.find((each) => each.name() === name);
  return `${name.toUpperCase()}${argument?.variadic ? '...' : ''}`;
}

/** The word that a group of commands does not know. */
function firstExcess(command: Command, args: readonly string[]): string {
  const after = args.slice(args.lastIndexOf(command.name()) + 1);
  return after.find((word) => !word.startsWith('-')) ?? '';
}

function unknownCommand(name: string, command: Command): readonly string[] {
  const near = nearNames(
    name,
    command.commands.map((each) => each.name()),
  );
  const suggestions =
    near.length === 0 ? [] : ['', 'Did you mean one of these?', ...near.map((each) => `    ${each}`)];
  return [`Error: No such command '${name}'.`, ...suggestions];
}

function unknownOption(
  given: string,
  { command, program, args }: { command: Command; program: Command; args: readonly string[] },
): readonly string[] {
  const name = given.split('=')[0] ?? given;
  const first = `Error: No such option '${name}'.`;
  const owner = ancestors(command).find((each) => each.options.some((option) => option.long === name));
  if (owner !== undefined)
    return [
      first,
      `It belongs before '${nextBelow(owner, command)}': ${rightOrder(given, { owner, command, args })}`,
    ];
  const own = command.options.map((option) => option.long ?? '');
  const near = nearNames(name, own).slice(0, 1);
  if (near.length > 0) return [`${first} Did you mean '${near[0]}'?`];
  const elsewhere = commandsWith(name, program).filter((each) => each !== command);
  const owners = elsewhere.slice(0, 3).map((each) => `'${pathOf(each)}'`);
  return owners.length > 0 ? [first, `It is an option of ${owners.join(' and ')}.`] : [first];
}

/** The groups that a command is in, innermost first. */
function ancestors({ parent }: Command): readonly Command[] {
  return parent === null ? [] : [parent, ...ancestors(parent)];
}

function nextBelow(owner: Command, command: Command): string {
  const between = [command, ...ancestors(command)].find((each) => each.parent === owner);
  return between?.name() ?? command.name();
}

/** The command line with the option where it belongs, as far as the first argument: later ones may be values. */
function rightOrder(
  given: string,
  { owner, command, args }: { owner: Command; command: Command; args: readonly string[] },
): string {
  const option = owner.options.find((each) => each.long === given.split('=')[0]);
  const takesNext = option?.required === true && !given.includes('=');
  const value = takesNext ? ` <${option.name()}>` : '';
  const after = args.slice(args.indexOf(command.name()) + 1);
  const at = after.indexOf(given);
  const words = after.filter((word, index) => index !== at && !(takesNext && index === at + 1));
  const [argument, ...more] = words.filter((word) => !word.startsWith('-'));
  return [
    `${pathOf(owner)} ${given}${value}${pathOf(command).slice(pathOf(owner).length)}`,
    ...(argument === undefined ? [] : [argument]),
    ...(more.length > 0 ? ['…'] : []),
  ].join(' ');
}

function commandsWith(option: string, command: Command): readonly Command[] {
  const here = command.options.some((each) => each.long === option) ? [command] : [];
  return [...here, ...command.commands.flatMap((each) => commandsWith(option, each))];
}

/** The innermost command that the words name. */
function commandOf(program: Command, args: readonly string[]): Command {
  let command = program;
  for (const arg of args) {
    const next = command.commands.find((each) => each.name() === arg || each.aliases().includes(arg));
    if (next !== undefined) command = next;
  }
  return command;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
