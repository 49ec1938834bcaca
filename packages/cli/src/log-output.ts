import type { LogSink } from '@meltano/engine/logs/create-log';
import { type LogThreshold, parseLogThreshold, passesThreshold } from '@meltano/engine/logs/level-filter';
import { loadLoggingConfig } from '@meltano/engine/logs/load-logging-config';
import { type LogFormat, type LogLine, parseLogFormat } from '@meltano/engine/logs/log-line';
import { type ConfiguredLog, openConfiguredLog } from '@meltano/engine/logs/open-configured-log';
import { renderLogLine } from '@meltano/engine/logs/render-log-line';
import type { Workspace } from '@meltano/engine/workspace/workspace';
import { type GlobalOptions, isTruthyText, type Terminal, wantsColour } from './globals.ts';
import { createStyle } from './render/style.ts';
import { renderTerminalLine } from './render/terminal-log-line.ts';

export type LogAudience = 'person' | 'text' | 'program';

/** Where the program's log lines go: standard error, in the chosen format, or wherever a `logging.yaml` says. */
export interface LogOutput {
  readonly sink: LogSink;
  readonly threshold: () => LogThreshold;
  /** Who reads standard error: a person at a terminal, whoever reads text, or a program that parses it. */
  readonly audience: () => LogAudience;
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
  let isAskedFor = globals.logFormat !== undefined || Boolean(env['MELTANO_CLI_LOG_FORMAT']);
  let configured: ConfiguredLog | undefined;
  const toStderr = (text: string): void => {
    terminal.stderr.write(text);
  };
  let write = toStderr;
  const colour = wantsColour(terminal.stderr, env);
  const localTime = isTruthyText(env['NO_UTC']);
  const audience = (): LogAudience => {
    if (configured !== undefined || format === 'json' || format === 'key_value') return 'program';
    return terminal.stderr.isTTY === true && !isTruthyText(env['CI']) && !isAskedFor ? 'person' : 'text';
  };
  const render = (line: LogLine): string => {
    if (audience() === 'person') {
      const width = terminal.stderr.columns ?? 80;
      return renderTerminalLine(line, { style: createStyle(colour), colour, width, localTime });
    }
    const shown = format === 'colored' && !colour ? 'uncolored' : format;
    return `${renderLogLine(line, shown, { localTime })}\n`;
  };
  return {
    sink: (line: LogLine) => {
      if (configured !== undefined) return configured.sink(line);
      if (passesThreshold(line.level, threshold)) write(render(line));
    },
    threshold: () => threshold,
    audience,
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
      const { origin } = workspace.projectSetting('cli.log_format');
      isAskedFor ||= origin !== undefined && origin.store !== 'default';
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
