import type { JsonValue } from '@meltano/foundation/json';
import type { LogFields } from '@meltano/foundation/log';
import type { PluginType } from '@meltano/project/plugin/plugin-type';
import { reportedExitCode } from '../process-result.ts';
import type { BlockOutcome, StreamOutcome } from '../run/run-outcome.ts';
import { lastTellingLine } from '../telling-lines.ts';
import type { LogLine } from './log-line.ts';
import { counted, type RunLogOptions, type RunReading, seconds } from './run-reading.ts';

/** How a block ended: the counts of its streams, then Meltano's own lines. */
export function blockFinishedLines(outcome: BlockOutcome, reading: RunReading): readonly LogLine[] {
  const counts = outcome.streams.map((stream) => streamLine(stream, reading));
  if (reading.options.command !== 'run') return [...counts, ...elFinished(outcome, reading)];
  const { line, options } = reading;
  if (outcome.status === 'interrupted' || outcome.status === 'skipped') return counts;
  const isSuccess = outcome.status === 'succeeded';
  const reason = outcome.error?.message;
  const isExtractLoad = outcome.kind === 'extract-load';
  const facts: LogFields = {
    set_number: outcome.index,
    block_type: isExtractLoad ? 'ExtractLoadBlocks' : 'InvokerCommand',
    success: isSuccess,
    err: reason ?? null,
    ...(isSuccess ? {} : { exit_codes: isExtractLoad ? exitCodes(outcome, options) : {} }),
    duration_seconds: seconds(outcome.durationMs),
  };
  const lines = [...counts];
  // A command that was started has said itself what is wrong.
  const isSilent = isExtractLoad || Object.keys(outcome.processes).length === 0;
  if (!isSuccess && isSilent && reason !== undefined) lines.push(line('error', reason));
  if (!isSuccess) lines.push(...explanations(outcome.error).map((text) => line('info', text)));
  return [...lines, line(isSuccess ? 'info' : 'error', 'Block run completed', facts)];
}

/** What the plugins ended with, and what to type where somebody knows it. */
function explanations(error: BlockOutcome['error']): readonly string[] {
  const { causes = [], hint } = error ?? {};
  const fix = remedy(error) ?? (causes.length === 0 ? hint : undefined);
  return [...(causes.length > 0 ? [causes.join('; ')] : []), ...(fix === undefined ? [] : [fix])];
}

/** What mends the cause; where to look for it is no remedy. */
function remedy(error: BlockOutcome['error']): string | undefined {
  const hint = error?.hint;
  if (hint === undefined || /^meltano (runs logs|invoke) /.test(hint)) return undefined;
  return `fix: ${hint}`;
}

function streamLine(
  { stream, read: records, loaded, refused, bytes }: StreamOutcome,
  { line }: RunReading,
): LogLine {
  const parts = [`${counted(records, 'record')} read`];
  if (loaded !== undefined) parts.push(`${loaded} loaded`);
  if (refused > 0) parts.push(`${refused} refused`);
  return line('info', `${stream}: ${parts.join(', ')}`, {
    stream_name: stream,
    records_read: records,
    records_loaded: loaded,
    records_refused: refused,
    bytes,
  });
}

/** By plugin type, as Meltano gives them; of mappers by name, in a list. */
function exitCodes(outcome: BlockOutcome, { pluginType }: RunLogOptions): JsonValue {
  const failed = Object.entries(outcome.processes).filter(([, result]) => result.exitCode !== 0);
  const ofType = (type: PluginType) => failed.filter(([plugin]) => pluginType(plugin) === type);
  const codes = (['extractors', 'loaders'] as const).flatMap((type) =>
    ofType(type).map(([, result]): [string, number] => [type, reportedExitCode(result)]),
  );
  if (codes.length > 0) return Object.fromEntries(codes);
  const mappers = ofType('mappers').map(([plugin, result]) => ({ [plugin]: reportedExitCode(result) }));
  return mappers.length > 0 ? mappers : {};
}

function elFinished(outcome: BlockOutcome, reading: RunReading): readonly LogLine[] {
  const { elLine, line, options, block } = reading;
  if (outcome.status === 'succeeded') return elSucceeded(outcome, reading);
  const reason = outcome.error?.message ?? 'Extract and load failed';
  const failures = (['extractors', 'loaders', 'transformers'] as const).flatMap((type) =>
    Object.entries(outcome.processes)
      .filter(([plugin, result]) => options.pluginType(plugin) === type && result.exitCode !== 0)
      .map(([, result]) =>
        elLine('error', elFailures[type], {
          code: reportedExitCode(result),
          message: lastTellingLine(result.lastLines) ?? '(see above)',
        }),
      ),
  );
  const fix = remedy(outcome.error);
  return [
    ...failures,
    ...(fix === undefined ? [] : [line('info', fix)]),
    line('error', elAdvice(reason, block?.stateId, options)),
  ];
}

const elFailures = {
  extractors: 'Extraction failed',
  loaders: 'Loading failed',
  transformers: 'Transformation failed',
} as const;

function elSucceeded({ kind }: BlockOutcome, { elLine, options }: RunReading): readonly LogLine[] {
  if (kind === 'command') return [elLine('info', 'Transformation complete!')];
  const complete = elLine('info', 'Extract & load complete!');
  const transforms = options.transform !== undefined && options.transform !== 'skip';
  return transforms ? [complete] : [complete, elLine('info', 'Transformation skipped.')];
}

function elAdvice(reason: string, stateId: string | undefined, { logFile }: RunLogOptions): string {
  const file = stateId === undefined ? undefined : logFile?.(stateId);
  return [
    `ELT could not be completed: ${reason}.`,
    "For more detailed log messages re-run the command using 'meltano --log-level=debug ...' CLI flag.",
    ...(file === undefined ? [] : [`Note that you can also check the generated log file at '${file}'.`]),
    'For more information on debugging and logging: https://docs.meltano.com/reference/command-line-interface#debugging',
  ].join('\n');
}
