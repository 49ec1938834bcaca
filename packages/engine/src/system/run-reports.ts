import type { BlockReport, RunOutcome, RunReport, StreamOutcome } from '../run/run-outcome.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { type SqlConnection, type SqlRow, type SqlSession, textOf } from './sql-connection.ts';
import { limitTo, sqlDialects } from './sql-dialect.ts';

/**
 * What runs came to, kept whole for `runs show` and row by row for queries. Tables `meltano_ts_run_…`. A report begins
 * `running`, with the process that it is of, and is replaced by the outcome; that of a process which died is closed by
 * whoever finds it.
 */
export interface RunReports {
  /** Replaces an earlier report of the same run. The outcome must be free of secrets. */
  save(outcome: RunOutcome): Promise<void>;
  /** The same for a run that is not over, without the rows for queries. */
  saveRunning(report: RunReport, holder: ProcessIdentity): Promise<void>;
  listRunning(): Promise<readonly RunningReport[]>;
  /** Closes a running report; one that has been closed already stays as it is. */
  closeRunning(report: RunReport): Promise<void>;
  find(runId: string): Promise<RunReport | undefined>;
  /** Newest first. */
  list(options?: { readonly limit?: number }): Promise<readonly RunReport[]>;
}

export interface RunningReport {
  readonly report: RunReport;
  readonly holder: ProcessIdentity;
}

type WrittenReport = RunReport & { readonly holder?: ProcessIdentity };

export function createRunReports(connection: SqlConnection): RunReports {
  return {
    save: (outcome) =>
      connection.transaction(async (session) => {
        await write(session, outcome);
        await writeStreams(session, outcome);
      }),
    saveRunning: (report, holder) => write(connection, { ...report, holder }),
    async listRunning() {
      const rows = await connection.all(
        "SELECT report FROM meltano_ts_run_reports WHERE status = 'running' ORDER BY started_at",
      );
      return rows
        .map(parseWritten)
        .flatMap(({ holder, ...report }) => (holder === undefined ? [] : [{ report, holder }]));
    },
    closeRunning: (report) =>
      connection.transaction(async (session) => {
        const changed = await session.run(
          `UPDATE meltano_ts_run_reports SET status = ?, ended_at = ?, report = ?
           WHERE run_id = ? AND status = 'running'`,
          [report.status, report.endedAt, JSON.stringify(report), report.runId],
        );
        if (changed > 0) await writeStreams(session, report);
      }),
    async find(runId) {
      const [row] = await connection.all('SELECT report FROM meltano_ts_run_reports WHERE run_id = ?', [
        runId,
      ]);
      return row === undefined ? undefined : parseReport(row);
    },
    async list({ limit } = {}) {
      const rows = await connection.all(
        `SELECT report FROM meltano_ts_run_reports ORDER BY started_at DESC, run_id DESC ${limitTo(limit)}`,
      );
      return rows.map(parseReport);
    },
  };
}

async function write(session: SqlSession, report: WrittenReport): Promise<void> {
  const { overwrite } = sqlDialects[session.dialect];
  const { runId, status, startedAt, endedAt } = report;
  await session.run(
    `INSERT INTO meltano_ts_run_reports (run_id, status, started_at, ended_at, report) VALUES (?, ?, ?, ?, ?)
     ${overwrite(['run_id'], ['status', 'started_at', 'ended_at', 'report'])}`,
    [runId, status, startedAt, endedAt, JSON.stringify(report)],
  );
}

async function writeStreams(session: SqlSession, { runId, blocks }: RunReport): Promise<void> {
  await session.run('DELETE FROM meltano_ts_run_streams WHERE run_id = ?', [runId]);
  for (const block of blocks) {
    for (const stream of block.streams) await session.run(insertStream, streamRow(runId, block, stream));
  }
}

const insertStream = `INSERT INTO meltano_ts_run_streams
  (run_id, block, stream, block_name, state_id, mode, read_count, loaded_count, refused_count, bytes)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

function streamRow(runId: string, block: BlockReport, stream: StreamOutcome) {
  const { read, loaded, refused, bytes, mode } = stream;
  return [
    runId,
    block.index,
    stream.stream,
    block.name,
    block.stateId ?? null,
    mode ?? null,
    read,
    loaded ?? null,
    refused,
    bytes,
  ];
}

function parseReport(row: SqlRow): RunReport {
  const { holder: _holder, ...report } = parseWritten(row);
  return report;
}

function parseWritten(row: SqlRow): WrittenReport {
  return JSON.parse(textOf(row, 'report') ?? '{}') as WrittenReport;
}
