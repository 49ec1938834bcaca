import { findRunLog, largeLogBytes, readRunLog } from '@meltano/engine/logs/read-run-log';
import type { RunRow } from '@meltano/engine/system/run-row';
import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';
import { ambiguousRun, shownIds, shownStart } from '../render/run-ids.ts';
import { type Column, renderTable } from '../render/table.ts';
import { cutMiddle } from '../render/text-width.ts';
import type { Session } from '../session.ts';

interface DatabaseChoice {
  readonly databaseUri?: string;
}

const open = (host: Host, options: DatabaseChoice) =>
  host.open({ command: 'logs', environment: 'never', ...options });

/** `meltano logs list`. */
export async function listLogs(
  host: Host,
  options: DatabaseChoice & { readonly limit: number; readonly format: string },
): Promise<void> {
  const session = await open(host, options);
  const { runs } = await session.engine.runRecords();
  const rows = await runs.list({ limit: options.limit });
  if (options.format === 'json') {
    session.print(JSON.stringify({ runs: rows.map(logJson), total: rows.length }, null, 2));
    return;
  }
  if (rows.length === 0) {
    session.print('No job runs found.');
    return;
  }
  const marks: Readonly<Record<string, string>> = { SUCCESS: '✓ PASS', FAIL: '✗ FAIL', RUNNING: '→ RUN' };
  session.print(`Recent job runs (showing ${rows.length} of last ${options.limit})`);
  const { outWidth: width, glyphs } = session;
  const ids = shownIds(
    rows.map((row) => row.runId),
    width,
  );
  const cells = rows.map((row, index) => [
    marks[row.state] ?? row.state,
    ids[index] ?? row.runId,
    cutMiddle(row.stateId, 50, '…'),
    row.startedAt === undefined ? '' : shownStart(row.startedAt, width),
    durationText(row),
    row.trigger ?? '',
  ]);
  for (const line of renderTable(listColumns, cells, { width, ellipsis: glyphs.ellipsis }))
    session.print(line);
  session.print('');
  session.print('Use `meltano logs show <LOG ID>` to see the log of a run.');
}

const listColumns: readonly Column[] = [
  { title: 'STATUS' },
  { title: 'LOG ID' },
  { title: 'JOB NAME', squeeze: 'middle' },
  { title: 'STARTED' },
  { title: 'DURATION' },
  { title: 'TRIGGER' },
];

function logJson(row: RunRow) {
  const seconds = secondsOf(row);
  return {
    log_id: row.runId,
    job_name: row.stateId,
    state: row.state,
    started_at: isoText(row.startedAt),
    ended_at: isoText(row.endedAt),
    duration_seconds: seconds ?? null,
    trigger: row.trigger ?? null,
  };
}

/** As Python's `isoformat` writes a UTC time. */
function isoText(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString().replace(/\.(\d{3})Z$/, '.$1000+00:00');
}

function secondsOf(row: RunRow): number | undefined {
  return row.startedAt === undefined || row.endedAt === undefined
    ? undefined
    : (row.endedAt - row.startedAt) / 1000;
}

function durationText(row: RunRow): string {
  const seconds = secondsOf(row);
  if (seconds === undefined) return 'running';
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  return seconds < 3600 ? `${(seconds / 60).toFixed(1)}m` : `${(seconds / 3600).toFixed(1)}h`;
}

/** `meltano logs show`. */
export async function showLog(
  host: Host,
  runId: string,
  options: DatabaseChoice & { readonly tail?: number; readonly format: string },
): Promise<void> {
  const session = await open(host, options);
  const row = await findRow(session, runId);
  for (const line of metadataLines(row, options.format)) session.print(line);
  const place = {
    logFolder: session.engine.folders.logs,
    systemDir: session.workspace.systemDir,
    stateId: row.stateId,
    runId: row.runId,
  };
  const found = await findRunLog(place);
  if (options.tail === undefined && found.size > largeLogBytes) {
    const megabytes = (found.size / 1024 / 1024).toFixed(1);
    if (!(await session.confirm(`The log has ${megabytes} MiB. Print it?`, '--tail'))) {
      session.print(found.file);
      return;
    }
  }
  const lines = (await readRunLog(found)).trimEnd().split('\n');
  const shown = options.tail === undefined ? lines : lines.slice(-options.tail);
  session.print('');
  session.print(options.tail === undefined ? 'Log content:' : `Last ${shown.length} lines:`);
  session.print('-'.repeat(options.tail === undefined ? 12 : 40));
  for (const line of shown) session.print(line);
}

/** By the whole id, or by a beginning that only one has. */
async function findRow({ engine }: Session, text: string): Promise<RunRow> {
  const { runs } = await engine.runRecords();
  const [exact] = await runs.findByRunId(text);
  if (exact !== undefined) return exact;
  const begun = (await runs.list({})).filter((row) => row.runId.startsWith(text.toLowerCase()));
  const ids = [...new Set(begun.map((row) => row.runId))];
  if (ids.length > 1) throw ambiguousRun(text, ids);
  const [row] = begun;
  if (row !== undefined) return row;
  throw cliError('run_not_found', {
    message: `No job run found with log ID '${text}'`,
    hint: 'meltano logs list',
  });
}

function metadataLines(row: RunRow, format: string): readonly string[] {
  if (format === 'json') {
    const { stateId, runId, state, trigger } = row;
    const metadata = {
      job_name: stateId,
      run_id: runId,
      state,
      started_at: isoText(row.startedAt),
      ended_at: isoText(row.endedAt),
      trigger: trigger ?? null,
    };
    return [JSON.stringify(metadata, null, 2)];
  }
  return [
    `Job: ${row.stateId}`,
    `Run ID: ${row.runId}`,
    `State: ${row.state}`,
    `Started: ${isoText(row.startedAt) ?? ''}`,
    `Ended: ${isoText(row.endedAt) ?? 'Running'}`,
    `Trigger: ${row.trigger ?? ''}`,
  ];
}

/** `meltano logs dir`. */
export async function printLogFolder(host: Host, options: DatabaseChoice): Promise<void> {
  const session = await open(host, options);
  session.print(session.engine.folders.logs);
}
