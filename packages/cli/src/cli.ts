import { CommanderError } from 'commander';
import { createHost } from './host.ts';
import { normalizeOptionNames } from './option-names.ts';
import { createProgram } from './program.ts';
import { renderUsageError } from './render/usage-error.ts';

/** How long handles that a command left open may keep the finished program alive, in milliseconds. */
const lingerMs = 1_000;

/**
 * Runs the command line of a process and ends it with its exit code. What is written to may go away or fill
 * up: a log that nobody can read never ends a run, results that cannot be written fail the command.
 */
export async function main(process: NodeJS.Process): Promise<void> {
  watchOutput(process);
  const code = await runCli(process.argv.slice(2), process);
  if (code !== 0) process.exitCode = code;
  // A native connector that did not stop when asked may hold handles for ever.
  setTimeout(() => endAtOnce(process), lingerMs).unref();
}

/**
 * Ends the program although threads of it are at work. A plain exit would wait for them, as it joins the threads
 * that connectors compute in; another program in the place of this one ends with them at once.
 */
function endAtOnce(process: NodeJS.Process): void {
  const code = Number(process.exitCode ?? 0);
  if (process.platform !== 'win32') process.execve?.('/bin/sh', ['sh', '-c', `exit ${code}`], {});
  process.exit(code);
}

/**
 * Output that nobody can take is no crash: a reader that went away (`… | head`) ends the command
 * quietly, a full disk under standard output fails it, and a log that cannot be written is left out.
 * The code of the command itself, set when it ends, wins.
 */
function watchOutput(process: NodeJS.Process): void {
  let broken = false;
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (broken) return;
    broken = true;
    process.exitCode ||= error.code === 'EPIPE' ? 141 : 1;
    if (error.code !== 'EPIPE')
      process.stderr.write(`Error: Standard output cannot be written: ${error.message}\n`);
  });
}

/** Parses and executes one command line; returns its exit code. */
export async function runCli(args: readonly string[], process: NodeJS.Process): Promise<number> {
  const host = createHost(process);
  const instruction = host.terminal.env['_MELTANO_COMPLETE'];
  if (instruction) {
    const { answerCompletion } = await import('./completion/answer-completion.ts');
    return await answerCompletion(instruction, host);
  }
  const program = createProgram(host);
  try {
    await program.parseAsync(normalizeOptionNames(args), { from: 'user' });
    return host.exitCode;
  } catch (error) {
    if (error instanceof CommanderError)
      return host.reportUsage(renderUsageError(error, program, args), error);
    return await host.reportError(error);
  } finally {
    await host.close();
  }
}
