import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from '@meltano/foundation/json';
import type { LogFields, LogLevel } from '@meltano/foundation/log';

/** A line that a plugin wrote as structured data. */
export interface ParsedPluginLine {
  readonly level: LogLevel;
  readonly event: string;
  /** What Meltano shows before the plugin's name in JSON: `pid`, `thread_name`, and what was in `extra`. */
  readonly before: LogFields;
  /** … and after it: `plugin_logger`, `stream_name`, `plugin_exception`. */
  readonly after: LogFields;
}

/** `stream_name` is not among them: newer versions of the SDK leave it out on most lines. */
const required = ['level', 'pid', 'logger_name', 'ts', 'thread_name', 'app_name', 'message'];
const own = new Set([...required, 'stream_name', 'extra', 'exception']);

/**
 * Reads one line of the Singer SDK's structured logging (plugins with the capability `structured-logging`), or
 * answers undefined: the line is then shown as it came. Source: meltano-runtime §6.7.
 */
export function parseSingerSdkLine(line: string): ParsedPluginLine | undefined {
  const text = line.trim();
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  const value = parseObject(text);
  if (value === undefined || !required.every((key) => key in value)) return undefined;
  const { pid, thread_name, app_name, extra, stream_name, exception, logger_name, ts } = value;
  const others = Object.entries(value).filter(([key]) => !own.has(key));
  return {
    level: levelOf(value['level']),
    event: typeof value['message'] === 'string' ? value['message'] : String(value['message'] ?? ''),
    before: present([
      ['pid', pid],
      ['thread_name', thread_name],
      ['app_name', app_name],
      ...others,
      ...(isJsonObject(extra) ? Object.entries(extra) : []),
      ['plugin_timestamp', ts],
    ]),
    after: present([
      ['plugin_logger', logger_name],
      ['stream_name', stream_name],
      ['plugin_exception', withoutNulls(exception)],
    ]),
  };
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function levelOf(value: JsonValue | undefined): LogLevel {
  const levels: Readonly<Record<string, LogLevel>> = {
    debug: 'debug',
    info: 'info',
    warning: 'warning',
    warn: 'warning',
    error: 'error',
    critical: 'critical',
    fatal: 'critical',
  };
  return (typeof value === 'string' ? levels[value.toLowerCase()] : undefined) ?? 'info';
}

function present(entries: readonly (readonly [string, JsonValue | undefined])[]): LogFields {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

/** Meltano leaves out the empty members of an exception, at every depth. */
function withoutNulls(value: JsonValue | undefined): JsonValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (isJsonArray(value)) return value.map((item) => withoutNulls(item) ?? null);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).flatMap(([key, item]): [string, JsonValue][] => {
    const inner = withoutNulls(item);
    return inner === undefined ? [] : [[key, inner]];
  });
  return Object.fromEntries(kept);
}
