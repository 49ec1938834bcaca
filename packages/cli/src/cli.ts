import { CommanderError } from 'commander';
import { createHost } from './host.ts';
import { normalizeOptionNames } from './option-names.ts';
import { createProgram } from './program.ts';
import { renderUsageError } from './render/usage-error.ts';

/**
 * Runs the command line of a process and sets its exit code. Output streams that were closed by their
 * reader (`meltano … | head`) end the program quietly.
 */
export async function main(process: NodeJS.Process): Promise<void> {
  process.stdout.on('error', endOnBrokenPipe(process));
  process.stderr.on('error', endOnBrokenPipe(process));
  process.exitCode = await runCli(process.argv.slice(2), process);
}

function endOnBrokenPipe(process: NodeJS.Process): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(141);
  };
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
