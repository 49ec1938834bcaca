import type { LogLevel } from '@meltano/foundation/log';
import { pythonRepr } from '@meltano/foundation/python-text';
import { type LogLine, renderTimestamp } from './log-line.ts';
import { renderPluginException } from './plugin-exception.ts';

export interface ConsoleOptions {
  readonly color: boolean;
  readonly localTime?: boolean;
  /** Fields to show beside the usual few. */
  readonly includeKeys?: readonly string[];
  /** Show all fields; `includeKeys` wins over it. */
  readonly allKeys?: boolean;
}

/** The fields that Meltano's console shows by default. Source: meltano-runtime §6.2. */
const shownKeys = new Set([
  'logger',
  'logger_name',
  'stack',
  'exception',
  'exc_info',
  'install_state',
  'name',
  'plugin_exception',
  'metric_info',
]);

/** `<timestamp> [<level>] <name> <event> [key=value …]`, without a line end. */
export function renderConsoleLine(line: LogLine, options: ConsoleOptions): string {
  const { color } = options;
  const paint = (code: string, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const name = typeof line.fields['name'] === 'string' ? line.fields['name'] : 'meltano';
  const head = [
    paint('2', renderTimestamp(line.at, options.localTime)),
    `[${paint(levelColors[line.level], line.level.padEnd(9))}]`,
    paint('36', name.padEnd(12)),
    paint('1', line.event.padEnd(30)),
  ].join(' ');
  const { above, facts } = consoleParts(line, options);
  const pairs = facts.map(([key, value]) => ` ${paint('36', key)}=${paint('35', value)}`);
  const text = `${head}${pairs.join('')}`;
  return above + (color ? text : text.trimEnd());
}

/** What a console shows of a line beside its time, level, name and event. */
export interface ConsoleParts {
  /** Whole lines above it, each with its line end: a traceback, what an installer printed. */
  readonly above: string;
  /** Keys and values behind it. */
  readonly facts: readonly (readonly [string, string])[];
}

export function consoleParts(line: LogLine, options: ConsoleOptions): ConsoleParts {
  const { color } = options;
  const exception =
    line.level === 'error' ? renderPluginException(line.fields['plugin_exception'], color) : '';
  return {
    above: exception + installDetails(line, color),
    facts: shownPairs(line, options).map(([key, value]) => [key, reprOfField(value)]),
  };
}

const levelColors: Readonly<Record<LogLevel, string>> = {
  debug: '32',
  info: '32',
  warning: '33',
  error: '31',
  critical: '31',
};

function shownPairs(line: LogLine, options: ConsoleOptions): readonly (readonly [string, unknown])[] {
  const include = new Set(options.includeKeys ?? []);
  const all = options.allKeys === true && include.size === 0;
  return Object.entries(line.fields)
    .filter(([key]) => all || shownKeys.has(key) || include.has(key))
    .flatMap(([key, value]): readonly (readonly [string, unknown])[] => {
      if (key === 'name' || key === 'install_state') return [];
      if (key === 'metric_info') return metricPairs(value);
      if (key === 'plugin_exception') return exceptionPairs(value);
      return [[key, value]];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function metricPairs(value: unknown): readonly (readonly [string, unknown])[] {
  if (!isRecord(value)) return [];
  return [
    ['metric_name', value['metric'] ?? value['metric_name']],
    ['metric_value', value['value']],
  ];
}

function exceptionPairs(value: unknown): readonly (readonly [string, unknown])[] {
  if (!isRecord(value)) return [];
  return [
    ['plugin_exc_type', value['type']],
    ['plugin_exc_message', value['message']],
  ];
}

/** Text without blanks, quotes and equals signs stands bare, as structlog prints it. */
function reprOfField(value: unknown): string {
  return typeof value === 'string' && !/[ \t=\r\n"']/.test(value) ? value : pythonRepr(value);
}

/** What an installer printed, above the line that says that it failed: its telling lines where they are known. */
function installDetails(line: LogLine, color: boolean): string {
  const state = line.fields['install_state'];
  if (!isRecord(state)) return '';
  const { lines, details } = state;
  const text = Array.isArray(lines) ? lines.join('\n') : details;
  if (typeof text !== 'string' || text.trim() === '') return '';
  const title = color ? '\u001b[1;31mInstallation error\u001b[0m' : 'Installation error';
  return `── ${title} ──\n${text.trimEnd()}\n──\n`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
