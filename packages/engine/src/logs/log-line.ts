import type { LogFields, LogLevel } from '@meltano/foundation/log';

/** One line of the log before it becomes text. */
export interface LogLine {
  /** Milliseconds since the epoch; a fraction is kept as microseconds. */
  readonly at: number;
  readonly level: LogLevel;
  readonly event: string;
  /** In the order in which JSON shows them. `name` fills the third column of the console formats. */
  readonly fields: LogFields;
  /**
   * Name of the logger, for `logging.yaml`: `meltano.plugin.<stdout|stderr>.<type>.<plugin>` for what plugins
   * print, else below `meltano`.
   */
  readonly logger?: string;
}

export const logFormats = ['colored', 'uncolored', 'json', 'key_value', 'plain'] as const;
export type LogFormat = (typeof logFormats)[number];

/** Also takes the spelling `key-value` of the command line. */
export function parseLogFormat(text: string): LogFormat | undefined {
  return logFormats.find((format) => format === text.replace('-', '_'));
}

/** ISO 8601 with six digits and `Z`; `local` gives the host's time without a zone, as `NO_UTC` asks for. */
export function renderTimestamp(at: number, local = false): string {
  const shifted = local ? at - new Date(at).getTimezoneOffset() * 60_000 : at;
  const micros = Math.round(shifted * 1000);
  const whole = Math.floor(micros / 1000);
  const text = `${new Date(whole).toISOString().slice(0, 23)}${String(micros - whole * 1000).padStart(3, '0')}`;
  return local ? text : `${text}Z`;
}
