import { cliError } from './errors.ts';
import type { Terminal } from './globals.ts';

/**
 * Questions are asked only where somebody can answer: standard input and standard error must be terminals.
 * Otherwise the error names the option that answers. Ctrl-C and the end of the input abort.
 */
export async function askText(
  terminal: Terminal,
  message: string,
  options: {
    readonly option: string;
    readonly initial?: string;
    readonly validate?: (text: string) => string | undefined;
  },
): Promise<string> {
  assertTerminal(terminal, message, options.option);
  const { text, isCancel } = await import('@clack/prompts');
  const { validate, initial } = options;
  const answer = await text({
    message,
    ...(initial === undefined ? {} : { placeholder: initial, defaultValue: initial }),
    validate: (value) => {
      const given = (value ?? '') === '' ? (initial ?? '') : (value ?? '');
      return given === '' && initial === undefined ? 'Please type something' : validate?.(given);
    },
  });
  if (isCancel(answer)) throw aborted();
  return answer;
}

/** Asks yes or no; no is the default. */
export async function askYesNo(terminal: Terminal, message: string, option: string): Promise<boolean> {
  assertTerminal(terminal, message, option);
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message, initialValue: false });
  if (isCancel(answer)) throw aborted();
  return answer;
}

function assertTerminal(terminal: Terminal, message: string, option: string): void {
  if (terminal.stdin.isTTY && terminal.stderr.isTTY) return;
  throw cliError('no_terminal', {
    message: `There is no terminal to ask: ${message}`,
    hint: `answer on the command line with ${option}`,
  });
}

function aborted() {
  return cliError('aborted', { message: 'Aborted!' });
}
