import type { Log, LogFields, LogLevel } from '@meltano/foundation/log';
import type { Redactor } from '@meltano/foundation/redact';
import type { LogLine } from './log-line.ts';
import { redactFields } from './redact-fields.ts';

/** Where finished log lines go: the console, a file, a list of a test. */
export type LogSink = (line: LogLine) => void;

export interface LogOptions {
  readonly sinks: readonly LogSink[];
  readonly redactor: Redactor;
  readonly now: () => number;
}

/**
 * The log of the program: each line gets its time, loses its secrets (Invariant 5) and goes to all sinks. The
 * field `logger` becomes the line's logger.
 */
export function createLog({ sinks, redactor, now }: LogOptions): Log {
  return {
    log(level: LogLevel, event: string, fields: LogFields = {}) {
      const { logger, ...rest } = fields;
      const line: LogLine = {
        at: now(),
        level,
        event: redactor.apply(event),
        fields: redactFields(rest, redactor),
        ...(typeof logger === 'string' ? { logger } : {}),
      };
      for (const sink of sinks) sink(line);
    },
  };
}
