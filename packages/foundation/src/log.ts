export const logLevels = ['debug', 'info', 'warning', 'error', 'critical'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Facts beside the message. Values are JSON-like; secrets are removed by whoever writes the line out. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where code below the faces says what it does. Nothing here prints; a face decides what is shown. */
export interface Log {
  log(level: LogLevel, event: string, fields?: LogFields): void;
}

/** A log that keeps nothing. */
export const silentLog: Log = { log() {} };

/** The same log with more facts on every line. */
export function withFields(log: Log, fields: LogFields): Log {
  return { log: (level, event, more) => log.log(level, event, { ...fields, ...more }) };
}
