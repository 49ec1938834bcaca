import { type JsonValue, stringifyPythonJson } from '@meltano/foundation/json';
import { pythonRepr } from '@meltano/foundation/python-text';
import { type LogLine, renderTimestamp } from './log-line.ts';
import type { FormatterConfig } from './logging-config.ts';
import { renderConsoleLine } from './render-console.ts';
import { renderLogLine } from './render-log-line.ts';

/** The text of a line as a formatter of `logging.yaml` wants it. */
export function renderConfiguredLine(line: LogLine, formatter: FormatterConfig): string {
  switch (formatter.kind) {
    case 'console':
      return renderConsoleLine(line, formatter);
    case 'json':
      return formatter.preset === undefined ? renderLogLine(line, 'json') : renderForGoogle(line);
    case 'key_value':
      return renderKeyValue(line, formatter);
    case 'format':
      return renderFormat(line, formatter.format);
  }
}

/** Google Cloud Logging reads `severity` and `message`. */
function renderForGoogle({ at, level, event, fields }: LogLine): string {
  const members = {
    ...fields,
    message: event,
    severity: level.toUpperCase(),
    timestamp: renderTimestamp(at),
  };
  return stringifyPythonJson(members as JsonValue);
}

function renderKeyValue(
  line: LogLine,
  { sortKeys, keyOrder, dropMissing }: FormatterConfig & { kind: 'key_value' },
): string {
  const { at, level, event, fields } = line;
  const values: Readonly<Record<string, unknown>> = {
    timestamp: renderTimestamp(at),
    level,
    event,
    logger: null,
    ...fields,
  };
  const first = keyOrder.length > 0 ? keyOrder : ['timestamp', 'level', 'event', 'logger'];
  const rest = Object.keys(values).filter((key) => !first.includes(key) && key !== 'logger');
  const keys = [...first, ...(sortKeys ? rest.sort() : rest)].filter(
    (key) => !dropMissing || values[key] !== undefined,
  );
  return keys.map((key) => `${key}=${pythonRepr(values[key] ?? null)}`).join(' ');
}

function renderFormat({ at, level, event, fields, logger = 'meltano' }: LogLine, format: string): string {
  const stamp = renderTimestamp(at);
  const values: Readonly<Record<string, unknown>> = {
    ...fields,
    message: event,
    levelname: level.toUpperCase(),
    name: logger,
    // Python's own form of a time: comma and milliseconds.
    asctime: `${stamp.slice(0, 10)} ${stamp.slice(11, 19)},${stamp.slice(20, 23)}`,
    created: at / 1000,
  };
  return format.replace(
    /%\((\w+)\)(-?\d+)?[sdf]|%%/g,
    (whole, key: string | undefined, width: string | undefined) => {
      if (key === undefined) return '%';
      const text = key in values ? String(values[key] ?? '') : whole;
      if (width === undefined) return text;
      return width.startsWith('-') ? text.padEnd(-Number(width)) : text.padStart(Number(width));
    },
  );
}
