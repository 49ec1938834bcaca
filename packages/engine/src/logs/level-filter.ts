import { type LogLevel, logLevels } from '@meltano/foundation/log';

export const logThresholds = [...logLevels, 'disabled'] as const;
/** The least severe level that is shown; `disabled` shows nothing. */
export type LogThreshold = (typeof logThresholds)[number];

export function parseLogThreshold(text: string): LogThreshold | undefined {
  return logThresholds.find((threshold) => threshold === text.toLowerCase());
}

export function passesThreshold(level: LogLevel, threshold: LogThreshold): boolean {
  return logThresholds.indexOf(level) >= logThresholds.indexOf(threshold);
}
