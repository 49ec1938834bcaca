import type { ProcessResult } from '@meltano/engine/process-result';
import type { BlockReport, RunReport, StreamOutcome } from '@meltano/engine/run/run-outcome';
import { tellingEnd } from '@meltano/engine/telling-lines';
import { renderBytes, renderCount, renderDuration, renderRate } from './quantity.ts';
import type { Glyphs, Style } from './style.ts';
import { type Column, renderTable } from './table.ts';
import { cutMiddle, textWidth } from './text-width.ts';
import { wrapHint, wrapText } from './wrap-text.ts';

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
export function renderRunSummary(outcome: RunReport, options: SummaryOptions): readonly string[] {
  return [
    ...outcome.blocks.flatMap((block) => [...renderBlock(block, options), '']),
    ...renderRunLine(outcome, options),
  ];
}

function renderBlock(block: BlockReport, options: SummaryOptions): readonly string[] {
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
    ...block.schemaChanges.flatMap((change) =>
      wrapText(`  ${style.green('+')} ${changeText(change)}`, { width: options.width, hang: 4 }),
    ),
    ...(hasFailed(block) ? renderFailure(block, options) : []),
  ];
}

function hasFailed({ status }: BlockReport): boolean {
  return status === 'failed' || status === 'interrupted' || status === 'killed';
}

/** `column-added main.users.age INTEGER` → `column main.users.age (INTEGER) added`. */
function changeText(change: string): string {
  return change.replace(
    /^(table|column)-(\w+) (\S+)(?: (.+))?$/,
    (_, noun: string, verb: string, name: string, type?: string) =>
      `${noun} ${name}${type === undefined ? '' : ` (${type})`} ${verb}`,
  );
}

/** One line where it fits, else the figures stand below the name. */
function headLines(name: string, figures: string, width: number | undefined): readonly string[] {
  const line = `${name}   ${figures}`;
  if (width === undefined || textWidth(line) <= width) return [line];
  return [...wrapText(name, { width, hang: 2 }), `    ${figures}`];
}

function markOf(block: BlockReport, style: Style, glyphs: Glyphs): string {
  switch (block.status) {
    case 'succeeded':
      return style.green(glyphs.done);
    case 'failed':
    case 'killed':
      return style.red(glyphs.failed);
    case 'interrupted':
      return style.yellow(glyphs.failed);
    case 'skipped':
    case 'running':
      return style.dim('-');
  }
}

function loadFigures(block: BlockReport): readonly string[] {
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

function rateFigures(block: BlockReport): readonly string[] {
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

function renderFailure(block: BlockReport, { style, width }: SummaryOptions): readonly string[] {
  const { error } = block;
  const ended = Object.entries(block.processes).filter(([, result]) => isFailure(result));
  const say = (text: string) =>
    text.split('\n').flatMap((line) => wrapText(`    ${line.trim()}`, { width, hang: 4 }));
  const lines = error === undefined ? [] : [...say(style.red(error.message))];
  for (const [plugin, result] of ended) {
    lines.push(
      ...say(`${plugin} ${howItEnded(result)}.${result.lastLines.length > 0 ? ' Its last lines:' : ''}`),
    );
    lines.push(
      ...tellingEnd(result.lastLines).flatMap((line) => wrapText(`      ${line}`, { width, hang: 8 })),
    );
  }
  const untold = (error?.causes ?? []).filter(
    (cause) => !ended.some(([plugin]) => cause.startsWith(`${plugin} `)),
  );
  lines.push(...untold.flatMap(say), ...fixLines(block, style, width));
  if (block.stateId !== undefined) lines.push(...say(keptText(block, block.stateId)));
  return lines;
}

/** Whether there was a state before is not known of a block that failed before it was read. */
function keptText({ status, statesStored }: BlockReport, stateId: string): string {
  if (status === 'killed')
    return `The next run continues at the last state that was stored: meltano state get ${stateId}`;
  return statesStored > 0
    ? 'Kept: the state up to the last rows that were loaded; the next run continues there.'
    : 'No new state was stored: what there was before the run is unchanged.';
}

/** Where all output is stands below, for every failure. */
function fixLines({ error }: BlockReport, style: Style, width: number | undefined): readonly string[] {
  const hint = error?.hint;
  if (hint === undefined || hint.startsWith('meltano runs logs ')) return [];
  return wrapHint(`    ${style.green('fix:')} `, hint, { width, hang: 9 });
}

/** What to type after a run that failed, for those who read its log and no summary. */
export function renderNextSteps(
  outcome: RunReport,
  options: Pick<SummaryOptions, 'style' | 'width' | 'again'> & { readonly isTold: boolean },
): readonly string[] {
  const { runId } = outcome;
  const { style, width, again, isTold } = options;
  const failed = isTold ? [] : outcome.blocks.filter((block) => block.status === 'failed');
  const fixes = failed.flatMap((block) => fixLines(block, style, width));
  return [
    ...fixes.map((line) => line.slice(2)),
    `  How it ended:    ${howRunEnded(outcome)}`,
    `  What happened:   meltano runs show ${runId}`,
    ...(hasLog(outcome) ? [`  See all output:  meltano runs logs ${runId}`] : []),
    ...(again === undefined ? [] : [`  Try again:       ${again}`]),
  ];
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

/** Only blocks with a state id keep one. */
function hasLog({ blocks }: RunReport): boolean {
  return blocks.some((block) => block.status !== 'skipped' && block.stateId !== undefined);
}

const verdicts: Readonly<Record<Exclude<RunReport['status'], 'running'>, string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  interrupted: 'was interrupted',
  'timed-out': 'ran out of time',
  killed: 'was killed',
};

function howRunEnded({ status, startedAt, endedAt }: RunReport): string {
  const verdict = status === 'running' ? 'is under way' : verdicts[status];
  return `${verdict} after ${renderDuration(endedAt - startedAt)}`;
}

function renderRunLine(outcome: RunReport, options: SummaryOptions): readonly string[] {
  const { style } = options;
  if (outcome.status === 'running') return [`Run ${outcome.runId} is under way.`];
  const paint = outcome.status === 'succeeded' ? style.green : style.red;
  const duration = renderDuration(outcome.endedAt - outcome.startedAt);
  const line = `Run ${outcome.runId} ${paint(verdicts[outcome.status])} after ${duration}.`;
  if (!options.details) return [line];
  if (outcome.status === 'succeeded') return [line, `  Details:         meltano runs show ${outcome.runId}`];
  return [
    line,
    ...(hasLog(outcome) ? [`  See all output:  meltano runs logs ${outcome.runId}`] : []),
    ...(options.again === undefined ? [] : [`  Try again:       ${options.again}`]),
  ];
}
