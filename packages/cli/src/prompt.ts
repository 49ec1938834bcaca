import { cliError } from './errors.ts';
import type { Terminal } from './globals.ts';
import { nextPipedLine } from './piped-answers.ts';

/**
 * A question at a terminal; without one the answer is the next line of the input, as in `yes | meltano …`, and
 * an empty line takes the default. Ctrl-C and the end of the input abort, and name the option that answers.
 */
export async function askText(
  terminal: Terminal,
  message: string,
  options: {
    /** What answers on the command line. */
    readonly option: string;
    readonly initial?: string;
    readonly validate?: (text: string) => string | undefined;
  },
): Promise<string> {
  if (!isTerminal(terminal)) return askPiped(terminal, message, options);
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
  if (!isTerminal(terminal)) return confirmPiped(terminal, message, option);
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message, initialValue: false });
  if (isCancel(answer)) throw aborted();
  return answer;
}

function isTerminal({ stdin, stderr }: Terminal): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

async function askPiped(
  terminal: Terminal,
  message: string,
  options: { readonly option: string; readonly initial?: string },
): Promise<string> {
  const { initial } = options;
  for (;;) {
    terminal.stdout.write(`${message}${initial === undefined ? '' : ` [${initial}]`}: `);
    const line = await nextPipedLine(terminal.stdin);
    if (line === undefined) throw unanswered(message, options.option);
    const answer = line || initial;
    // Nobody has typed a line end: without this the next question would stand on the same line.
    terminal.stdout.write(`${answer ?? ''}\n`);
    if (answer !== undefined) return answer;
  }
}

/** Yes, no, or the question once more; an empty line means no. */
async function confirmPiped(terminal: Terminal, message: string, option: string): Promise<boolean> {
  for (;;) {
    terminal.stdout.write(`${message} [y/N]: `);
    const line = await nextPipedLine(terminal.stdin);
    if (line === undefined) throw unanswered(message, option);
    if (/^(?:y|yes)$/i.test(line.trim())) return true;
    if (/^(?:n|no|)$/i.test(line.trim())) return false;
    terminal.stdout.write('Error: invalid input\n');
  }
}

function unanswered(message: string, option: string) {
  return cliError('aborted', {
    message: `There is no answer to: ${message}`,
    hint: `answer on the command line: ${option}`,
  });
}

/** What a person who breaks off is told, and nothing else. */
export const abortedText = 'Aborted!';

function aborted() {
  return cliError('aborted', { message: abortedText });
}
