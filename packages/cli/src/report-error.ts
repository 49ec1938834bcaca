import { errorMessage, isAppError } from '@meltano/foundation/errors';
import { createRedactor } from '@meltano/foundation/redact';
import type { GlobalOptions, Terminal } from './globals.ts';
import { wantsColour } from './globals.ts';
import { renderCauses, renderError, renderWhereAndFix } from './render/error.ts';
import { exitCodeOf } from './render/exit-code.ts';
import { createStyle } from './render/style.ts';
import type { Session } from './session.ts';

/** Errors that Meltano reports as a plain `Error: …` line; scripts look for it. Source: meltano-cli §1.2. */
const plainErrors = new Set([
  'run.block_not_found',
  'run.ambiguous_block',
  'state.invalid_state',
  'cli.hub_unreachable',
]);

/**
 * Tells a person, or a program, why the command failed, and answers its exit code. At a terminal an error is
 * one block with place and remedy; in a chosen log format it is one line of the log with the same facts.
 */
export function reportError(
  error: unknown,
  terminal: Terminal,
  globals: GlobalOptions,
  session: Session | undefined,
): number {
  const code = exitCodeOf(error);
  if (session?.threshold === 'disabled' || globals.logLevel === 'disabled') return code;
  const redactor = session?.redactor ?? createRedactor();
  const write = (lines: readonly string[]) => terminal.stderr.write(`${redactor.apply(lines.join('\n'))}\n`);
  const style = createStyle(wantsColour(terminal.stderr, terminal.env));
  if (isAppError(error) && error.code === 'cli.aborted') write(['', 'Aborted!']);
  else if (session !== undefined && wantsLogLine(terminal, globals, session)) logError(error, session);
  else if (isAppError(error) && (plainErrors.has(error.code) || error.category === 'usage')) {
    write([`${style.red('Error:')} ${error.message}`, ...renderWhereAndFix(error, style)]);
  } else write(renderError(error, style));
  if (globals.logLevel === 'debug' || session?.threshold === 'debug') write(renderCauses(error));
  return code;
}

function wantsLogLine(terminal: Terminal, globals: GlobalOptions, session: Session): boolean {
  const format =
    globals.logFormat ??
    terminal.env['MELTANO_CLI_LOG_FORMAT'] ??
    session.workspace.projectSetting('cli.log_format').value;
  return format === 'json' || format === 'key_value';
}

function logError(error: unknown, session: Session): void {
  if (!isAppError(error)) {
    session.log.log('error', errorMessage(error));
    return;
  }
  session.log.log('error', error.message, {
    code: error.code,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.place === undefined ? {} : { place: error.place }),
  });
}
