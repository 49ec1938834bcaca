import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { logsError } from './errors.ts';

/** `logging.yaml`: Python's `dictConfig` schema, as far as projects use it (meltano-runtime §6.6). */
export interface LoggingConfig {
  readonly handlers: ReadonlyMap<string, HandlerConfig>;
  /** By logger name; the root logger is ``. */
  readonly loggers: ReadonlyMap<string, LoggerConfig>;
}

export interface LoggerConfig {
  /** Undefined: that of the logger above. */
  readonly level: number | undefined;
  readonly handlers: readonly string[];
  readonly propagate: boolean;
}

export interface HandlerConfig {
  readonly name: string;
  readonly level: number;
  readonly formatter: FormatterConfig;
  readonly target: HandlerTarget;
}

export type HandlerTarget =
  | { readonly kind: 'stream'; readonly stream: 'stdout' | 'stderr' }
  | { readonly kind: 'file'; readonly file: string; readonly append: boolean }
  /** Begins a new file when the old one would grow beyond `maxBytes`; 0: never. */
  | { readonly kind: 'rotating'; readonly file: string; readonly maxBytes: number; readonly backups: number }
  /** Begins a new file every `seconds`. */
  | { readonly kind: 'timed'; readonly file: string; readonly seconds: number; readonly backups: number };

export type FormatterConfig =
  | {
      readonly kind: 'console';
      readonly color: boolean;
      readonly includeKeys: readonly string[];
      readonly allKeys: boolean;
    }
  | { readonly kind: 'json'; readonly preset: 'google-cloud-logging' | undefined }
  | {
      readonly kind: 'key_value';
      readonly sortKeys: boolean;
      readonly keyOrder: readonly string[];
      readonly dropMissing: boolean;
    }
  /** Python's `%` style, e.g. `%(levelname)s %(message)s`. */
  | { readonly kind: 'format'; readonly format: string };

/** Reads the content of the file. Throws `logs.invalid_config` that names the place. */
export function parseLoggingConfig(value: JsonValue, file: string): LoggingConfig {
  if (!isJsonObject(value)) throw invalid(file, 'the file', 'is not a mapping');
  const formatters = new Map(
    members(value['formatters']).map(([name, each]) => [name, parseFormatter(each, { file, name })]),
  );
  const handlers = new Map(
    members(value['handlers']).map(([name, each]) => [name, parseHandler(each, { file, name, formatters })]),
  );
  const written = [
    ...members(value['loggers']),
    ...(isJsonObject(value['root']) ? [['', value['root']] as const] : []),
  ];
  const loggers = new Map(written.map(([name, each]) => [name, parseLogger(each, { file, name, handlers })]));
  return { handlers, loggers };
}

const levels: Readonly<Record<string, number>> = {
  NOTSET: 0,
  DEBUG: 10,
  INFO: 20,
  WARNING: 30,
  WARN: 30,
  ERROR: 40,
  CRITICAL: 50,
  FATAL: 50,
};

interface Place {
  readonly file: string;
  readonly name: string;
}

function parseLevel(value: JsonValue | undefined, { file, name }: Place): number | undefined {
  if (value === undefined || value === null) return undefined;
  const level = typeof value === 'number' ? value : levels[String(value).toUpperCase()];
  if (level !== undefined) return level;
  throw invalid(
    file,
    name,
    `has the level '${String(value)}', which is none of ${Object.keys(levels).join(', ')}`,
  );
}

function parseLogger(
  value: JsonObject,
  place: Place & { handlers: ReadonlyMap<string, HandlerConfig> },
): LoggerConfig {
  const names = texts(value['handlers']);
  const unknown = names.find((name) => !place.handlers.has(name));
  if (unknown !== undefined)
    throw invalid(
      place.file,
      `loggers › ${place.name || 'root'}`,
      `names the handler '${unknown}', which is not defined`,
    );
  return {
    level: parseLevel(value['level'], place),
    handlers: names,
    propagate: value['propagate'] !== false,
  };
}

function parseHandler(
  value: JsonObject,
  place: Place & { formatters: ReadonlyMap<string, FormatterConfig> },
): HandlerConfig {
  const named = value['formatter'];
  const formatter = typeof named === 'string' ? place.formatters.get(named) : plainFormat;
  if (formatter === undefined)
    throw invalid(
      place.file,
      `handlers › ${place.name}`,
      `names the formatter '${String(named)}', which is not defined`,
    );
  return {
    name: place.name,
    level: parseLevel(value['level'], place) ?? 0,
    formatter,
    target: parseTarget(value, place),
  };
}

const plainFormat: FormatterConfig = { kind: 'format', format: '%(message)s' };

function parseTarget(value: JsonObject, place: Place): HandlerTarget {
  const path = `handlers › ${place.name}`;
  const file = () => {
    if (typeof value['filename'] === 'string') return value['filename'];
    throw invalid(place.file, path, "has no 'filename'");
  };
  const number = (key: string, otherwise: number) =>
    typeof value[key] === 'number' ? value[key] : otherwise;
  switch (String(value['class']).split('.').at(-1)) {
    case 'StreamHandler':
      return { kind: 'stream', stream: value['stream'] === 'ext://sys.stdout' ? 'stdout' : 'stderr' };
    case 'FileHandler':
    case 'WatchedFileHandler':
      return { kind: 'file', file: file(), append: value['mode'] !== 'w' };
    case 'RotatingFileHandler':
      return {
        kind: 'rotating',
        file: file(),
        maxBytes: number('maxBytes', 0),
        backups: number('backupCount', 0),
      };
    case 'TimedRotatingFileHandler':
      return {
        kind: 'timed',
        file: file(),
        seconds: number('interval', 1) * secondsOf(value['when']),
        backups: number('backupCount', 0),
      };
    default:
      throw invalid(
        place.file,
        path,
        `has the class '${String(value['class'])}'; there are StreamHandler, FileHandler, RotatingFileHandler and TimedRotatingFileHandler`,
      );
  }
}

function secondsOf(when: JsonValue | undefined): number {
  const units: Readonly<Record<string, number>> = { S: 1, M: 60, H: 3600, D: 86_400, MIDNIGHT: 86_400 };
  const unit = typeof when === 'string' ? when.toUpperCase() : 'H';
  return unit.startsWith('W') ? 7 * 86_400 : (units[unit] ?? 3600);
}

function parseFormatter(value: JsonObject, { file, name }: Place): FormatterConfig {
  const factory = value['()'];
  if (factory === undefined)
    return { kind: 'format', format: typeof value['format'] === 'string' ? value['format'] : '%(message)s' };
  const isTrue = (key: string) => value[key] === true;
  switch (String(factory).split('.').at(-1)) {
    case 'console_log_formatter':
      return {
        kind: 'console',
        color: isTrue('colors'),
        includeKeys: texts(value['include_keys']),
        allKeys: isTrue('all_keys'),
      };
    case 'json_formatter':
      return {
        kind: 'json',
        preset: value['preset'] === 'google-cloud-logging' ? value['preset'] : undefined,
      };
    case 'key_value_formatter':
      return {
        kind: 'key_value',
        sortKeys: isTrue('sort_keys'),
        keyOrder: texts(value['key_order']),
        dropMissing: isTrue('drop_missing'),
      };
    case 'plain_formatter':
      return { kind: 'format', format: typeof value['fmt'] === 'string' ? value['fmt'] : '%(message)s' };
    default:
      throw invalid(
        file,
        `formatters › ${name}`,
        `has the factory '${String(factory)}'; there are console_log_formatter, json_formatter, key_value_formatter and plain_formatter of meltano.core.logging`,
      );
  }
}

function members(value: JsonValue | undefined): readonly (readonly [string, JsonObject])[] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]): [string, JsonObject][] =>
    isJsonObject(each) ? [[name, each]] : [],
  );
}

function texts(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

function invalid(file: string, path: string, what: string) {
  return logsError('invalid_config', {
    message: `The logging configuration ${file} is invalid: ${path} ${what}`,
    hint: 'Correct it, or pass another file with --log-config',
    place: { file, path },
  });
}
