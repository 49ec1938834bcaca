import { explainSystemError } from '@meltano/engine/explain-system-error';
import { createLog } from '@meltano/engine/logs/create-log';
import { type AppError, errorMessage, isAppError } from '@meltano/foundation/errors';
import type { Log } from '@meltano/foundation/log';
import { createRedactor, type Redactor } from '@meltano/foundation/redact';
import type { GlobalOptions, Terminal } from './globals.ts';
import { wantsColour, widthOf } from './globals.ts';
import { createLogOutput } from './log-output.ts';
import { abortedText } from './prompt.ts';
import { renderCauses, renderError, renderWhereAndFix } from './render/error.ts';
import { exitCodeOf } from './render/exit-code.ts';
import { createStyle, type Style } from './render/style.ts';
import { wrapText } from './render/wrap-text.ts';
import type { Session } from './session.ts';

/**
 * Tells a person, or a program, why the command failed, and answers its exit code. At a terminal an error is
 * one block with place and remedy; in a chosen log format it is one line of the log with the same facts.
 */
export function reportError(
  thrown: unknown,
  terminal: Terminal,
  globals: GlobalOptions,
  session: Session | undefined,
): number {
  const error = explainSystemError(thrown);
  const code = exitCodeOf(error);
  if (session?.threshold === 'disabled' || globals.logLevel === 'disabled') return code;
  const redactor = session?.redactor ?? createRedactor();
  const write = (lines: readonly string[]) => terminal.stderr.write(`${redactor.apply(lines.join('\n'))}\n`);
  const style = createStyle(wantsColour(terminal.stderr, terminal.env));
  const width = widthOf(terminal.stderr);
  if (isAppError(error) && error.code === 'cli.aborted')
    write(['', abortedText, ...whyAborted(error, style, width)]);
  else if (wantsLogLine(error, terminal, globals, session))
    logError(error, session?.log ?? earlyLog(terminal, globals, redactor));
  else write(renderError(error, style, width));
  if (globals.logLevel === 'debug' || session?.threshold === 'debug') write(renderCauses(error));
  return code;
}

/** Meltano's word stands alone in its line, and no error beside it; below it there may be more to say. */
function whyAborted(error: AppError, style: Style, width: number | undefined): readonly string[] {
  const reason = error.message === abortedText ? [] : wrapText(`  ${error.message}`, { width, hang: 4 });
  return [...reason, ...renderWhereAndFix(error, style, width)];
}

/** Before there is a session, wrong command lines are plain text in every format, as in Meltano. */
function wantsLogLine(
  error: unknown,
  terminal: Terminal,
  globals: GlobalOptions,
  session: Session | undefined,
): boolean {
  if (session === undefined && isAppError(error) && error.category === 'usage') return false;
  const format =
    globals.logFormat ??
    terminal.env['MELTANO_CLI_LOG_FORMAT'] ??
    session?.workspace.projectSetting('cli.log_format').value;
  return format === 'json' || format === 'key_value';
}

/** The project could not be opened, so flags and variables alone say how lines look. */
function earlyLog(terminal: Terminal, globals: GlobalOptions, redactor: Redactor): Log {
  return createLog({ sinks: [createLogOutput(terminal, globals).sink], redactor, now: Date.now });
}

function logError(error: unknown, log: Log): void {
  if (!isAppError(error)) {
    log.log('error', errorMessage(error));
    return;
  }
  log.log('error', error.message, {
    code: error.code,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.place === undefined ? {} : { place: error.place }),
  });
}
