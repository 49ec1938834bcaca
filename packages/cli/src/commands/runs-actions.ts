import { findRunLog, readRunLog } from '@meltano/engine/logs/read-run-log';
import type { RunReport } from '@meltano/engine/run/run-outcome';
import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';
import { renderCount, renderDuration } from '../render/quantity.ts';
import { ambiguousRun, shownIds, shownStart } from '../render/run-ids.ts';
import { renderRunSummary } from '../render/run-summary.ts';
import { type Column, renderTable } from '../render/table.ts';
import type { Session } from '../session.ts';

interface ListOptions {
  readonly limit: number;
  readonly format: string;
  readonly databaseUri?: string;
}

const open = (host: Host, options: { readonly databaseUri?: string }) =>
  host.open({ command: 'runs', environment: 'never', ...options });

/** `meltano runs list`. */
export async function listRuns(host: Host, options: ListOptions): Promise<void> {
  const session = await open(host, options);
  const { reports } = await session.engine.runRecords();
  const runs = await reports.list({ limit: options.limit });
  if (options.format === 'json') {
    session.print(JSON.stringify({ runs, total: runs.length }, null, 2));
    return;
  }
  if (runs.length === 0) {
    session.print('No runs yet. Start one with: meltano run <extractor> <loader>');
    return;
  }
  const { outWidth: width, glyphs } = session;
  const ids = shownIds(
    runs.map((run) => run.runId),
    width,
  );
  const rows = runs.map((run, index) => [
    run.status,
    ids[index] ?? run.runId,
    shownStart(run.startedAt, width),
    renderDuration(run.endedAt - run.startedAt),
    renderCount(rowsOf(run)),
    run.blocks.map((block) => block.name).join(', '),
  ]);
  const columns: readonly Column[] = [
    { title: 'status' },
    { title: 'run' },
    { title: 'started (UTC)' },
    { title: 'time', align: 'right' },
    { title: 'rows', align: 'right' },
    { title: 'blocks', squeeze: 'middle' },
  ];
  for (const line of renderTable(columns, rows, { width, ellipsis: glyphs.ellipsis })) session.print(line);
}

function rowsOf(run: RunReport): number {
  return run.blocks.flatMap((block) => block.streams).reduce((sum, stream) => sum + stream.read, 0);
}

/** `meltano runs show`. */
export async function showRun(
  host: Host,
  text: string | undefined,
  options: { readonly format: string; readonly databaseUri?: string },
): Promise<void> {
  const session = await open(host, options);
  const run = await findRun(session, text);
  if (options.format === 'json') {
    session.print(JSON.stringify(run, null, 2));
    return;
  }
  const { outStyle: style, glyphs, outWidth: width } = session;
  for (const line of renderRunSummary(run, { style, glyphs, width, again: undefined, details: false }))
    session.print(line);
}

/** The beginning of an id is enough where it names one run. */
async function findRun(session: Session, text: string | undefined): Promise<RunReport> {
  const { reports } = await session.engine.runRecords();
  if (text === undefined) {
    const [last] = await reports.list({ limit: 1 });
    if (last !== undefined) return last;
    throw cliError('run_not_found', {
      message: 'There is no report of a run yet',
      hint: 'meltano run <extractor> <loader>',
    });
  }
  const exact = await reports.find(text);
  if (exact !== undefined) return exact;
  const begun = (await reports.list()).filter((run) => run.runId.startsWith(text.toLowerCase()));
  const [first, ...others] = begun;
  if (first === undefined) {
    throw cliError('run_not_found', {
      message: `There is no report of a run '${text}'`,
      hint: 'meltano runs list',
    });
  }
  if (others.length > 0) throw ambiguousRun(text, begun.map(candidateText));
  return first;
}

function candidateText(run: RunReport): string {
  const blocks = run.blocks.map((block) => block.name).join(', ');
  return `${run.runId}  ${run.status}, started ${shownStart(run.startedAt, undefined)} UTC: ${blocks}`;
}

/** `meltano runs logs`. */
export async function printRunLog(
  host: Host,
  text: string | undefined,
  options: { readonly tail?: number; readonly databaseUri?: string },
): Promise<void> {
  const session = await open(host, options);
  const run = await findRun(session, text);
  const ids = [
    ...new Set(run.blocks.flatMap((block) => (block.stateId === undefined ? [] : [block.stateId]))),
  ];
  const logs = await Promise.all(ids.map((stateId) => logOf(session, stateId, run.runId)));
  const lines = logs.join('').trimEnd().split('\n');
  if (ids.length === 0) {
    throw cliError('run_not_found', {
      message: `The run ${run.runId} has left no log`,
      hint: 'only blocks with a state ID keep one; see the report with: meltano runs show',
    });
  }
  for (const line of options.tail === undefined ? lines : lines.slice(-options.tail)) session.print(line);
}

async function logOf({ engine, workspace }: Session, stateId: string, runId: string): Promise<string> {
  const place = { logFolder: engine.folders.logs, systemDir: workspace.systemDir, stateId, runId };
  return readRunLog(await findRunLog(place));
}
