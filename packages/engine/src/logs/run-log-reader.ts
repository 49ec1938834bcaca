import type { LogFields } from '@meltano/foundation/log';
import type { PluginType } from '@meltano/project/plugin/plugin-type';
import type { RunEvent } from '../events.ts';
import type { RunOutcome } from '../run/run-outcome.ts';
import { renderPythonDatetime } from '../system/python-datetime.ts';
import { blockFinishedLines } from './block-finished-lines.ts';
import type { LogLine } from './log-line.ts';
import { readPluginLine } from './plugin-line.ts';
import {
  counted,
  defined,
  type RunLogOptions,
  type RunReading,
  type StartedBlock,
  seconds,
  type WriteLine,
} from './run-reading.ts';

/** Turns the events of one run into the lines that Meltano prints for it, and a few of ours. */
export type RunLogReader = (event: RunEvent) => readonly LogLine[];

/**
 * Texts, levels and fields that tools know are Meltano's (meltano-runtime §3.7, meltano-cli §15.8, §16). Ours are
 * at most at level info and come inside a block: never after the line that ends a run.
 */
export function createRunLogReader(options: RunLogOptions): RunLogReader {
  const blocks = new Map<number, StartedBlock>();
  let current: StartedBlock | undefined;
  return (event) => {
    if (event.kind === 'block-started') {
      const members = event.name.split(' ').length;
      current = { stateId: event.stateId, isExtractLoad: event.lane !== undefined, members };
      blocks.set(event.block, current);
    }
    const block = 'block' in event && event.block !== undefined ? blocks.get(event.block) : current;
    if (event.kind === 'block-finished') current = undefined;
    const bound = options.command === 'run' ? {} : { state_id: block?.stateId };
    const line: WriteLine = (level, text, fields = {}, logger = 'meltano') => ({
      at: event.at,
      level,
      event: text,
      fields: { ...defined(fields), run_id: event.runId },
      logger,
    });
    const elLine: WriteLine = (level, text, fields = {}) => ({
      at: event.at,
      level,
      event: text,
      fields: defined({ name: 'meltano', run_id: event.runId, ...bound, ...fields }),
      logger: 'meltano',
    });
    return read(event, { options, line, elLine, block });
  };
}

function read(event: RunEvent, reading: RunReading): readonly LogLine[] {
  const { line, options } = reading;
  switch (event.kind) {
    case 'run-started':
      return options.timeoutSeconds === undefined
        ? []
        : [line('info', 'Run timeout configured', { timeout_seconds: options.timeoutSeconds })];
    case 'block-started':
      return blockStarted(event, reading);
    case 'waiting':
      return [line('info', `Waiting: ${event.reason}`)];
    case 'state-loaded':
      return [
        line('info', `Using ${options.stateBackend} state backend`),
        line('info', `Reading state from ${event.source}`),
      ];
    case 'discovery-started':
      return [line('info', 'Running catalog discovery')];
    case 'discovery-finished':
      return event.cached
        ? [line('debug', 'Using cached catalog file')]
        : [line('debug', `Discovered ${counted(event.streams, 'stream')} of ${event.plugin}`)];
    case 'process-started':
      return [line('debug', `Started ${event.plugin} as process ${event.pid}`)];
    case 'process-ended':
      return [
        line('debug', `${event.plugin} ended after ${event.result.durationMs / 1000} s`, {
          exit_code: event.result.exitCode ?? null,
          signal: event.result.signal,
        }),
      ];
    case 'progress':
      return [];
    case 'schema-change': {
      const column =
        event.column === undefined
          ? ''
          : ` ${event.column}${event.type === undefined ? '' : ` (${event.type})`}`;
      return [
        line('info', `Changed the schema: ${event.change} ${event.table}${column}`, {
          stream_name: event.stream,
        }),
      ];
    }
    case 'refused':
      return [
        line('warning', `Refused ${counted(event.count, 'record')} of ${event.stream}: ${event.reason}`, {
          stream_name: event.stream,
        }),
      ];
    case 'state-stored':
      return [line('info', `Incremental state has been updated at ${renderPythonDatetime(event.at)}+00:00.`)];
    case 'stopping':
      return stopping(event, reading);
    case 'log':
      return [pluginOrEngineLine(event, reading)];
    case 'block-finished':
      return blockFinishedLines(event.outcome, reading);
    case 'run-finished':
      return runFinished(event.outcome, reading);
  }
}

function blockStarted(
  event: RunEvent & { kind: 'block-started' },
  { options, line, elLine, block }: RunReading,
): readonly LogLine[] {
  if (block?.isExtractLoad !== true)
    return options.command === 'run' ? [] : transformStarted(options, elLine);
  if (options.command !== 'run') return [elLine('info', 'Running extract & load...')];
  if (event.stateId === undefined) return [line('warning', 'The run neither reads nor stores state')];
  return [line('info', `Running job with name '${event.stateId}' and run ID '${event.runId}'`)];
}

function transformStarted({ transform }: RunLogOptions, elLine: WriteLine): readonly LogLine[] {
  return [
    ...(transform === 'only' ? [elLine('info', 'Extract & load skipped.')] : []),
    elLine('warning', 'Transformations of `elt` are deprecated: run dbt as a block of `run`'),
    elLine('info', 'Running transformation...'),
  ];
}

function stopping(event: RunEvent & { kind: 'stopping' }, { line, block }: RunReading): readonly LogLine[] {
  if (event.how === 'kill') return [line('warning', `Killing the plugins: ${event.reason}`)];
  const block_type = block?.isExtractLoad === false ? 'InvokerCommand' : 'ExtractLoadBlocks';
  const lines = [line('info', 'Attempting graceful termination of current block', { block_type })];
  if (block?.isExtractLoad === true) {
    lines.push(line('info', 'Terminating ExtractLoadBlocks', { graceful: true, block_count: block.members }));
  }
  return lines;
}

function pluginOrEngineLine(event: RunEvent & { kind: 'log' }, { options, block }: RunReading): LogLine {
  const { at, level, event: text, fields, runId } = event;
  const name = fields['name'];
  if (typeof name !== 'string' || fields['stdio'] === undefined) {
    return { at, level, event: text, fields: { ...fields, run_id: runId }, logger: 'meltano' };
  }
  const type = options.pluginType(name);
  const bound =
    options.command === 'run' || fields['type'] === 'discovery'
      ? fields
      : elFields(fields, { runId, stateId: block?.stateId, type });
  return readPluginLine({
    at,
    level,
    text,
    fields: bound,
    runId,
    type,
    isStructured: options.hasStructuredLogs(name),
  });
}

/** What `el` binds to a plugin's lines. */
function elFields(
  fields: LogFields,
  { runId, stateId, type }: { runId: string; stateId: string | undefined; type: PluginType | undefined },
): LogFields {
  const kinds: Partial<Record<PluginType, string>> = {
    extractors: 'extractor',
    loaders: 'loader',
    transformers: 'transformer',
  };
  const kind = (type === undefined ? undefined : kinds[type]) ?? 'elt';
  return defined({
    run_id: runId,
    state_id: stateId,
    stdio: fields['stdio'],
    cmd_type: kind,
    name: fields['name'],
  });
}

function runFinished(outcome: RunOutcome, { line, options }: RunReading): readonly LogLine[] {
  if (options.command !== 'run') return [];
  const duration_seconds = seconds(outcome.endedAt - outcome.startedAt);
  const status = outcome.status === 'succeeded' ? 'success' : 'failure';
  const completed = line('info', 'Run completed', { duration_seconds, status });
  if (outcome.status !== 'timed-out') return [completed];
  return [
    line('error', 'Run timed out', { timeout_seconds: options.timeoutSeconds, duration_seconds }),
    completed,
  ];
}
