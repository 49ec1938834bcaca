import { writeFileSync } from 'node:fs';
import { stringifyPythonJson } from '@meltano/foundation/json';
import type { RunFiles } from './run-files.ts';

export interface PluginLogging {
  /** Python's name: `DEBUG`, `INFO`, … */
  readonly level: string;
  /** The plugin writes log lines as JSON that we can parse. */
  readonly structured: boolean;
}

/** Tells Python plugins how to log: the Meltano SDK by one file, PipelineWise's library by the other (meltano-runtime §2.15). */
export function writeLoggingFiles(files: RunFiles, logging: PluginLogging): void {
  writeFileSync(files.sdkLogging, renderSdkLogging(logging));
  writeFileSync(files.pipelinewiseLogging, renderPipelinewiseLogging(logging));
}

function renderSdkLogging({ level, structured }: PluginLogging): string {
  return stringifyPythonJson(
    {
      version: 1,
      disable_existing_loggers: false,
      formatters: {
        singer_formatter: structured
          ? { '()': 'singer_sdk.logging.StructuredFormatter' }
          : { format: '%(message)s' },
      },
      handlers: {
        console: {
          class: 'logging.StreamHandler',
          formatter: 'singer_formatter',
          stream: 'ext://sys.stderr',
        },
      },
      root: { handlers: ['console'], level },
    },
    { indent: 2 },
  );
}

function renderPipelinewiseLogging({ level }: PluginLogging): string {
  return `[loggers]
keys=root

[handlers]
keys=console

[formatters]
keys=default

[logger_root]
level=${level}
handlers=console

[handler_console]
class=StreamHandler
level=${level}
formatter=default
args=(sys.stderr,)

[formatter_default]
format=%(message)s
`;
}
