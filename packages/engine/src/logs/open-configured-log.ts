import { resolve } from 'node:path';
import type { LogLevel } from '@meltano/foundation/log';
import type { LogSink } from './create-log.ts';
import { openLogFile } from './log-file-handler.ts';
import type { LogLine } from './log-line.ts';
import type { HandlerConfig, LoggerConfig, LoggingConfig } from './logging-config.ts';
import { renderConfiguredLine } from './render-configured.ts';

export interface ConfiguredLogOptions {
  /** What relative file names are relative to. */
  readonly cwd: string;
  /** Writes whole lines to a standard stream. */
  readonly writeStream: (stream: 'stdout' | 'stderr', text: string) => void;
  /** Lets the root logger and the handler `console` show debug lines, as a dry run does. */
  readonly debug?: boolean;
}

export interface ConfiguredLog {
  readonly sink: LogSink;
  close(): void;
}

/** Python's numbers. */
const severity: Readonly<Record<LogLevel, number>> = {
  debug: 10,
  info: 20,
  warning: 30,
  error: 40,
  critical: 50,
};
const debugLevel = 10;
const rootLevel = 30;

/** Opens the handlers of a `logging.yaml` and answers where lines go: by logger, level and propagation as in Python. */
export function openConfiguredLog(config: LoggingConfig, options: ConfiguredLogOptions): ConfiguredLog {
  const handlers = new Map(
    [...config.handlers].map(([name, handler]) => [name, openHandler(handler, options)]),
  );
  return {
    sink(line) {
      const chain = loggersAbove(config, line.logger ?? 'meltano');
      if (severity[line.level] < effectiveLevel(chain, options.debug === true)) return;
      for (const name of handlersOf(chain)) handlers.get(name)?.write(line);
    },
    close() {
      for (const handler of handlers.values()) handler.close();
    },
  };
}

/** The logger itself, then those above it, then the root: those that are configured. */
function loggersAbove(
  { loggers }: LoggingConfig,
  name: string,
): readonly (LoggerConfig & { readonly name: string })[] {
  const parts = name.split('.');
  const names = [...parts.map((_, index) => parts.slice(0, parts.length - index).join('.')), ''];
  return names.flatMap((each) => {
    const logger = loggers.get(each);
    return logger === undefined ? [] : [{ ...logger, name: each }];
  });
}

function effectiveLevel(chain: ReturnType<typeof loggersAbove>, debug: boolean): number {
  const logger = chain.find((each) => each.level !== undefined && each.level > 0);
  if (debug && (logger === undefined || logger.name === '')) return debugLevel;
  return logger?.level ?? rootLevel;
}

function handlersOf(chain: ReturnType<typeof loggersAbove>): readonly string[] {
  const last = chain.findIndex((logger) => !logger.propagate);
  return (last < 0 ? chain : chain.slice(0, last + 1)).flatMap((logger) => logger.handlers);
}

interface OpenHandler {
  write(line: LogLine): void;
  close(): void;
}

function openHandler(handler: HandlerConfig, options: ConfiguredLogOptions): OpenHandler {
  const level = options.debug === true && handler.name === 'console' ? debugLevel : handler.level;
  const { target } = handler;
  const write = openTarget(target, options);
  return {
    write(line) {
      if (severity[line.level] >= level)
        write.write(`${renderConfiguredLine(line, handler.formatter)}\n`, line.at);
    },
    close: write.close,
  };
}

function openTarget(target: HandlerConfig['target'], { cwd, writeStream }: ConfiguredLogOptions) {
  if (target.kind !== 'stream') return openLogFile({ ...target, file: resolve(cwd, target.file) });
  return { write: (text: string) => writeStream(target.stream, text), close: () => {} };
}
