import type { JsonValue } from '@meltano/foundation/json';
import { stringifyPythonJson } from '@meltano/foundation/json';
import { pythonRepr } from '@meltano/foundation/python-text';
import { type LogFormat, type LogLine, renderTimestamp } from './log-line.ts';
import { renderConsoleLine } from './render-console.ts';

export interface RenderOptions {
  readonly localTime?: boolean;
  readonly includeKeys?: readonly string[];
  readonly allKeys?: boolean;
}

/** The text of a log line in one of Meltano's formats, without a line end (meltano-cli §5, meltano-runtime §6.2-6.4). */
export function renderLogLine(line: LogLine, format: LogFormat, options: RenderOptions = {}): string {
  switch (format) {
    case 'colored':
    case 'uncolored':
      return renderConsoleLine(line, { ...options, color: format === 'colored' });
    case 'json':
      return stringifyPythonJson(asJson(membersOf(line, options)));
    case 'key_value':
      return renderKeyValue(line, options);
    case 'plain':
      return line.event;
  }
}

/** Bound facts first, then the event, the run, the level and the time: Meltano's order. */
function membersOf(line: LogLine, { localTime }: RenderOptions): Readonly<Record<string, unknown>> {
  const { run_id: runId, ...fields } = line.fields;
  // The commands `el` and `elt` bind the run with the rest of their facts, in front of the event.
  const runIdFirst = 'state_id' in fields;
  return {
    ...(runIdFirst && runId !== undefined ? line.fields : fields),
    event: line.event,
    ...(runIdFirst || runId === undefined ? {} : { run_id: runId }),
    level: line.level,
    timestamp: renderTimestamp(line.at, localTime),
  };
}

function renderKeyValue(line: LogLine, options: RenderOptions): string {
  const { event, level, timestamp, ...rest } = membersOf(line, options);
  const first = { timestamp, level, event, logger: null };
  return [...Object.entries(first), ...Object.entries(rest)]
    .map(([key, value]) => `${key}=${pythonRepr(value)}`)
    .join(' ');
}

function asJson(fields: Readonly<Record<string, unknown>>): JsonValue {
  return fields as JsonValue;
}
