import type { BlockOutcome, RunOutcome, StreamOutcome } from '../run/run-outcome.ts';
import { type SqlConnection, type SqlRow, textOf } from './sql-connection.ts';
import { limitTo, sqlDialects } from './sql-dialect.ts';

/** What runs came to, kept whole for `runs show` and row by row for queries. Tables `meltano_ts_run_…`. */
export interface RunReports {
  /** Replaces an earlier report of the same run. The outcome must be free of secrets. */
  save(outcome: RunOutcome): Promise<void>;
  find(runId: string): Promise<RunOutcome | undefined>;
  /** Newest first. */
  list(options?: { readonly limit?: number }): Promise<readonly RunOutcome[]>;
}

export function createRunReports(connection: SqlConnection): RunReports {
  const { overwrite } = sqlDialects[connection.dialect];
  return {
    save: (outcome) =>
      connection.transaction(async (session) => {
        const { runId, status, startedAt, endedAt } = outcome;
        await session.run(
          `INSERT INTO meltano_ts_run_reports (run_id, status, started_at, ended_at, report) VALUES (?, ?, ?, ?, ?)
           ${overwrite(['run_id'], ['status', 'started_at', 'ended_at', 'report'])}`,
          [runId, status, startedAt, endedAt, JSON.stringify(outcome)],
        );
        await session.run('DELETE FROM meltano_ts_run_streams WHERE run_id = ?', [runId]);
        for (const block of outcome.blocks) {
          for (const stream of block.streams)
            await session.run(insertStream, streamRow(runId, block, stream));
        }
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

const insertStream = `INSERT INTO meltano_ts_run_streams
  (run_id, block, stream, block_name, state_id, mode, read_count, loaded_count, refused_count, bytes)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

function streamRow(runId: string, block: BlockOutcome, stream: StreamOutcome) {
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

function parseReport(row: SqlRow): RunOutcome {
  return JSON.parse(textOf(row, 'report') ?? '{}') as RunOutcome;
}
