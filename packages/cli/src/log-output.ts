import type { LogSink } from '@meltano/engine/logs/create-log';
import { type LogThreshold, parseLogThreshold, passesThreshold } from '@meltano/engine/logs/level-filter';
import { loadLoggingConfig } from '@meltano/engine/logs/load-logging-config';
import { type LogFormat, type LogLine, parseLogFormat } from '@meltano/engine/logs/log-line';
import { type ConfiguredLog, openConfiguredLog } from '@meltano/engine/logs/open-configured-log';
import { renderLogLine } from '@meltano/engine/logs/render-log-line';
import type { Workspace } from '@meltano/engine/workspace/workspace';
import { type GlobalOptions, isTruthyText, type Terminal, wantsColour } from './globals.ts';

/** Where the program's log lines go: standard error, in the chosen format, or wherever a `logging.yaml` says. */
export interface LogOutput {
  readonly sink: LogSink;
  readonly threshold: () => LogThreshold;
  /** Lines meant for standard error are handed to `write` instead, until the returned function is called. */
  readonly redirect: (write: (text: string) => void) => () => void;
  /** Takes the project's settings over; until then flags and variables alone decide. */
  configure(workspace: Workspace): Promise<void>;
  close(): void;
}

export function createLogOutput(terminal: Terminal, globals: GlobalOptions): LogOutput {
  const { env } = terminal;
  let threshold = parseLogThreshold(globals.logLevel ?? env['MELTANO_CLI_LOG_LEVEL'] ?? '') ?? 'info';
  let format: LogFormat =
    parseLogFormat(globals.logFormat ?? env['MELTANO_CLI_LOG_FORMAT'] ?? '') ?? 'colored';
  let configured: ConfiguredLog | undefined;
  const toStderr = (text: string): void => {
    terminal.stderr.write(text);
  };
  let write = toStderr;
  const colour = wantsColour(terminal.stderr, env);
  const localTime = isTruthyText(env['NO_UTC']);
  return {
    sink: (line: LogLine) => {
      if (configured !== undefined) return configured.sink(line);
      if (!passesThreshold(line.level, threshold)) return;
      const shown = format === 'colored' && !colour ? 'uncolored' : format;
      write(`${renderLogLine(line, shown, { localTime })}\n`);
    },
    threshold: () => threshold,
    redirect: (other) => {
      write = other;
      return () => {
        write = toStderr;
      };
    },
    async configure(workspace) {
      const text = (name: string) => String(workspace.projectSetting(name).value ?? '');
      threshold = parseLogThreshold(text('cli.log_level')) ?? threshold;
      format = parseLogFormat(text('cli.log_format')) ?? format;
      const found = await loadLoggingConfig(text('cli.log_config'), process.cwd());
      if (found === undefined) return;
      configured = openConfiguredLog(found.config, {
        cwd: process.cwd(),
        writeStream: (stream, lines) => (stream === 'stderr' ? write(lines) : terminal.stdout.write(lines)),
      });
      configured.sink({
        at: Date.now(),
        level: 'info',
        event: `Using logging configuration from ${found.name}`,
        fields: {},
      });
    },
    close: () => configured?.close(),
  };
}
