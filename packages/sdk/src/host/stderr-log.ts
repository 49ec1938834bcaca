import type { Log, LogLevel } from '@meltano/foundation/log';
import { logLevels } from '@meltano/foundation/log';
import type { Redactor } from '@meltano/foundation/redact';

/**
 * Log lines in the layout of the Meltano SDK, `time | LEVEL | logger | message`, with facts at the end as
 * `name=value`. Secrets are removed (Invariant 5).
 */
export function createStderrLog(
  name: string,
  redactor: Redactor,
  env: Readonly<Record<string, string | undefined>>,
  write: (line: string) => void,
): Log {
  const variable = `${name.toUpperCase().replaceAll('-', '_')}_LOGLEVEL`;
  const threshold = logLevels.indexOf(levelOf(env[variable] ?? env['LOGLEVEL']));
  return {
    log(level, event, fields = {}) {
      if (logLevels.indexOf(level) < threshold) return;
      const facts = Object.entries(fields).map(([key, value]) => ` ${key}=${factText(value)}`);
      const time = new Date().toISOString().replace('T', ' ').replace('.', ',').slice(0, 23);
      write(
        redactor.apply(`${time} | ${level.toUpperCase().padEnd(8)} | ${name} | ${event}${facts.join('')}\n`),
      );
    },
  };
}

function levelOf(text: string | undefined): LogLevel {
  const word = text?.toLowerCase() === 'warn' ? 'warning' : text?.toLowerCase();
  return logLevels.find((level) => level === word) ?? 'info';
}

function factText(value: unknown): string {
  return typeof value === 'string' && !/[\s"=]/.test(value) ? value : (JSON.stringify(value) ?? 'undefined');
}
