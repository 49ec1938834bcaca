import type { ProcessResult } from '@meltano/engine/process-result';
import type { BlockOutcome, RunOutcome, StreamOutcome } from '@meltano/engine/run/run-outcome';
import { renderBytes, renderCount, renderDuration, renderRate } from './quantity.ts';
import type { Glyphs, Style } from './style.ts';
import { type Column, renderTable } from './table.ts';
import { cutMiddle, textWidth } from './text-width.ts';

export interface SummaryOptions {
  readonly style: Style;
  readonly glyphs: Glyphs;
  /** Columns of the terminal; undefined when the output is piped, then nothing is cut. */
  readonly width: number | undefined;
  /** What to type to run the same again, for a run that failed. */
  readonly again: string | undefined;
  /** Whether to say where more is told of the run. */
  readonly details: boolean;
}

/**
 * What happened, as the last thing on the screen: one paragraph per block with its streams, then one line
 * for the run. A block that failed says why and what was kept.
 */
export function renderRunSummary(outcome: RunOutcome, options: SummaryOptions): readonly string[] {
  return [
    ...outcome.blocks.flatMap((block) => [...renderBlock(block, options), '']),
    ...renderRunLine(outcome, options),
  ];
}

function renderBlock(block: BlockOutcome, options: SummaryOptions): readonly string[] {
  const { style, glyphs } = options;
  const mark = markOf(block, style, glyphs);
  const figures = [...loadFigures(block), renderDuration(block.durationMs), ...rateFigures(block)].join(
    '   ',
  );
  const name = `${mark} ${style.bold(block.name)}`;
  const head = headLines(name, block.status === 'skipped' ? 'skipped' : figures, options.width);
  return [
    ...head,
    ...renderStreams(block.streams, options).map((line) => `    ${line}`),
    ...block.schemaChanges.map((change) => `  ${style.green('+')} ${change}`),
    ...(block.status === 'failed' || block.status === 'interrupted' ? renderFailure(block, options) : []),
  ];
}

/** One line where it fits, else the figures stand below the name. */
function headLines(name: string, figures: string, width: number | undefined): readonly string[] {
  const line = `${name}   ${figures}`;
  return width === undefined || textWidth(line) <= width ? [line] : [name, `    ${figures}`];
}

function markOf(block: BlockOutcome, style: Style, glyphs: Glyphs): string {
  switch (block.status) {
    case 'succeeded':
      return style.green(glyphs.done);
    case 'failed':
      return style.red(glyphs.failed);
    case 'interrupted':
      return style.yellow(glyphs.failed);
    case 'skipped':
      return style.dim('-');
  }
}

function loadFigures(block: BlockOutcome): readonly string[] {
  if (block.kind === 'command') return [];
  const read = total(block.streams, (stream) => stream.read);
  const loaded = block.streams.some((stream) => stream.loaded !== undefined)
    ? total(block.streams, (stream) => stream.loaded ?? 0)
    : undefined;
  const rows =
    loaded === undefined || loaded === read
      ? `${renderCount(read)} rows`
      : `${renderCount(read)} rows read, ${renderCount(loaded)} loaded`;
  return [rows, renderBytes(total(block.streams, (stream) => stream.bytes))];
}

function rateFigures(block: BlockOutcome): readonly string[] {
  const read = total(block.streams, (stream) => stream.read);
  return read > 0 && block.durationMs >= 1_000 ? [renderRate(read / (block.durationMs / 1000))] : [];
}

function total(streams: readonly StreamOutcome[], figure: (stream: StreamOutcome) => number): number {
  return streams.reduce((sum, stream) => sum + figure(stream), 0);
}

function renderStreams(streams: readonly StreamOutcome[], options: SummaryOptions): readonly string[] {
  if (streams.length === 0) return [];
  const shown = {
    mode: streams.some((stream) => stream.mode !== undefined),
    loaded: streams.some((stream) => stream.loaded !== undefined),
    refused: streams.some((stream) => stream.refused > 0),
  };
  const columns: Column[] = [
    { title: 'stream' },
    ...(shown.mode ? [{ title: 'mode' }] : []),
    { title: 'read', align: 'right' },
    ...(shown.loaded ? [{ title: 'loaded', align: 'right' } as const] : []),
    ...(shown.refused ? [{ title: 'refused', align: 'right' } as const] : []),
    { title: 'size', align: 'right' },
  ];
  const name = (text: string) =>
    options.width === undefined
      ? text
      : cutMiddle(text, Math.max(options.width - 52, 20), options.glyphs.ellipsis);
  const rows = streams.map((stream) => [
    name(stream.stream),
    ...(shown.mode ? [stream.mode ?? ''] : []),
    renderCount(stream.read),
    ...(shown.loaded ? [stream.loaded === undefined ? '' : renderCount(stream.loaded)] : []),
    ...(shown.refused ? [renderCount(stream.refused)] : []),
    renderBytes(stream.bytes),
  ]);
  const [titles = '', ...lines] = renderTable(columns, rows);
  return [options.style.dim(titles), ...lines];
}

function renderFailure(block: BlockOutcome, { style }: SummaryOptions): readonly string[] {
  const { error } = block;
  const ended = Object.entries(block.processes).filter(([, result]) => isFailure(result));
  const lines = error === undefined ? [] : [`    ${style.red(error.message)}`];
  for (const [plugin, result] of ended) {
    lines.push(
      `    ${plugin} ${howItEnded(result)}.${result.lastLines.length > 0 ? ' Its last lines:' : ''}`,
    );
    lines.push(...result.lastLines.slice(-5).map((line) => `      ${line}`));
  }
  const untold = (error?.causes ?? []).filter(
    (cause) => !ended.some(([plugin]) => cause.startsWith(`${plugin} `)),
  );
  lines.push(...untold.map((cause) => `    ${cause}`));
  // Where all output is stands below, for every failure.
  if (error?.hint !== undefined && !error.hint.startsWith('meltano runs logs '))
    lines.push(`    ${style.green('fix:')} ${error.hint}`);
  if (block.stateId !== undefined) {
    lines.push(
      block.statesStored > 0
        ? `    Kept: the state up to the last rows that were loaded; the next run continues there.`
        : `    Kept: the state of the run before; nothing new was stored.`,
    );
  }
  return lines;
}

function isFailure(result: ProcessResult): boolean {
  return result.signal !== undefined || (result.exitCode !== undefined && result.exitCode !== 0);
}

function howItEnded(result: ProcessResult): string {
  if (result.killed) return 'did not stop in time and was killed';
  return result.signal === undefined
    ? `ended with exit code ${result.exitCode}`
    : `was ended by ${result.signal}`;
}

const verdicts: Readonly<Record<RunOutcome['status'], string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  interrupted: 'was interrupted',
  'timed-out': 'ran out of time',
};

function renderRunLine(outcome: RunOutcome, options: SummaryOptions): readonly string[] {
  const { style } = options;
  const paint = outcome.status === 'succeeded' ? style.green : style.red;
  const duration = renderDuration(outcome.endedAt - outcome.startedAt);
  const line = `Run ${outcome.runId} ${paint(verdicts[outcome.status])} after ${duration}.`;
  if (!options.details) return [line];
  if (outcome.status === 'succeeded') return [line, `  Details:         meltano runs show ${outcome.runId}`];
  return [
    line,
    `  See all output:  meltano runs logs ${outcome.runId}`,
    ...(options.again === undefined ? [] : [`  Try again:       ${options.again}`]),
  ];
}
