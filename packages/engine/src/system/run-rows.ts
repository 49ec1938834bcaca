import type { Clock } from '@meltano/foundation/clock';
import { type JsonObject, stringifyPythonJson } from '@meltano/foundation/json';
import { systemError } from './errors.ts';
import { renderPythonDatetime } from './python-datetime.ts';
import { isUuid, parseRunRow, type RunRow, type RunState, undashed } from './run-row.ts';
import type { SqlConnection, SqlSession, SqlValue } from './sql-connection.ts';
import { limitTo, sqlDialects } from './sql-dialect.ts';

/**
 * Meltano's table `runs`. A row begins RUNNING and ends SUCCESS or FAIL; STATE_EDIT rows are made finished by
 * changes of state from the command line. Source: meltano-runtime §3.9, §5.2.
 */
export interface RunRows {
  /** Inserts a RUNNING row and answers its id. */
  start(run: { readonly runId: string; readonly stateId: string; readonly trigger: string }): Promise<number>;
  /** To be called about once a second while the run lives. */
  heartbeat(id: number): Promise<void>;
  /** Keeps the latest state beside the run; flags: 1 complete, 2 partial. */
  savePayload(id: number, payload: JsonObject, flags: number): Promise<void>;
  /** Closes the row; `error` becomes `payload.error`. A row that is closed already stays as it is. */
  finish(id: number, end: { readonly state: 'SUCCESS' | 'FAIL'; readonly error?: string }): Promise<void>;
  /** Closes all RUNNING rows of a run that is known to be dead; answers how many there were. */
  failRun(runId: string, error: string): Promise<number>;
  recordStateEdit(edit: {
    readonly stateId: string;
    readonly runId: string;
    readonly payload: JsonObject;
    readonly flags: number;
    readonly trigger: string;
  }): Promise<void>;
  /** Closes RUNNING rows without a sign of life (of one state id, or of all) and answers them with their error. */
  failStale(stateId?: string): Promise<readonly StaleRun[]>;
  /** RUNNING rows of a state id, newest first. Call `failStale` before. */
  findRunning(stateId: string): Promise<readonly RunRow[]>;
  /** All rows of one run, oldest first; empty when the text is no known id. */
  findByRunId(runId: string): Promise<readonly RunRow[]>;
  /** Newest first by start. */
  list(query?: RunQuery): Promise<readonly RunRow[]>;
  latestSuccess(stateId: string): Promise<RunRow | undefined>;
}

export interface RunQuery {
  readonly states?: readonly RunState[];
  readonly stateId?: string;
  readonly limit?: number;
}

export interface StaleRun {
  readonly run: RunRow;
  readonly error: string;
}

/** Meltano's words for a stale run that was closed. */
export function staleSentence({ run, error }: StaleRun): string {
  const started =
    run.startedAt === undefined ? 'an unknown time' : `${renderPythonDatetime(run.startedAt)}+00:00`;
  return `Marked stale run with state ID '${run.stateId}' that started at ${started} as failed: ${error}`;
}

/** Meltano's rule for a run without a sign of life. */
const heartbeatValidMs = 5 * 60 * 1000;
const runValidMs = 24 * 60 * 60 * 1000;

export function createRunRows(connection: SqlConnection, clock: Clock): RunRows {
  const now = () => renderPythonDatetime(clock.now());
  const { forUpdate } = sqlDialects[connection.dialect];
  const select = async (where: string, parameters: readonly SqlValue[], tail = '') =>
    (await connection.all(`SELECT * FROM runs WHERE ${where} ${tail}`, parameters)).map(parseRunRow);
  return {
    async start({ runId, stateId, trigger }) {
      const at = now();
      return connection.insert(
        `INSERT INTO runs (job_name, state, started_at, payload, payload_flags, run_id, "trigger", last_heartbeat_at)
         VALUES (?, 'RUNNING', ?, '{}', 0, ?, ?, ?)`,
        [stateId, at, undashed(runId), trigger, at],
      );
    },
    async heartbeat(id) {
      await connection.run('UPDATE runs SET last_heartbeat_at = ? WHERE id = ?', [now(), id]);
    },
    async savePayload(id, payload, flags) {
      const text = stringifyPythonJson(payload);
      const changed = await connection.run('UPDATE runs SET payload = ?, payload_flags = ? WHERE id = ?', [
        text,
        flags,
        id,
      ]);
      if (changed === 0) throw runNotFound(id);
    },
    finish: (id, { state, error }) =>
      connection.transaction(async (session) => {
        const [row] = await session.all(
          `SELECT * FROM runs WHERE id = ? AND state = 'RUNNING' ${forUpdate}`,
          [id],
        );
        if (row !== undefined) await closeRow(session, parseRunRow(row), { state, error, at: now() });
      }),
    failRun: (runId, error) =>
      connection.transaction(async (session) => {
        const rows = await session.all(
          `SELECT * FROM runs WHERE run_id = ? AND state = 'RUNNING' ${forUpdate}`,
          [undashed(runId)],
        );
        for (const row of rows)
          await closeRow(session, parseRunRow(row), { state: 'FAIL', error, at: now() });
        return rows.length;
      }),
    async recordStateEdit({ stateId, runId, payload, flags, trigger }) {
      const at = now();
      await connection.insert(
        `INSERT INTO runs (job_name, state, started_at, ended_at, payload, payload_flags, run_id, "trigger")
         VALUES (?, 'STATE_EDIT', ?, ?, ?, ?, ?, ?)`,
        [stateId, at, at, stringifyPythonJson(payload), flags, undashed(runId), trigger],
      );
    },
    failStale: (stateId) => failStale(connection, clock, stateId),
    findRunning: (stateId) =>
      select("job_name = ? AND state = 'RUNNING'", [stateId], 'ORDER BY started_at DESC, id DESC'),
    findByRunId: async (runId) =>
      isUuid(runId) ? select('run_id = ?', [undashed(runId)], 'ORDER BY id') : [],
    list({ states = listedStates, stateId, limit } = {}) {
      const where = `state IN (${states.map(() => '?').join(', ')})${ofStateId(stateId)}`;
      const parameters = [...states, ...(stateId === undefined ? [] : [stateId])];
      return select(where, parameters, `ORDER BY started_at DESC, id DESC ${limitTo(limit)}`);
    },
    async latestSuccess(stateId) {
      const [row] = await select(
        "job_name = ? AND state = 'SUCCESS' AND ended_at IS NOT NULL",
        [stateId],
        'ORDER BY ended_at DESC LIMIT 1',
      );
      return row;
    },
  };
}

/** What `meltano logs list` shows. */
const listedStates: readonly RunState[] = ['RUNNING', 'SUCCESS', 'FAIL'];

function ofStateId(stateId: string | undefined): string {
  return stateId === undefined ? '' : ' AND job_name = ?';
}

interface RowEnd {
  readonly state: 'SUCCESS' | 'FAIL';
  readonly error: string | undefined;
  readonly at: string;
}

async function closeRow(session: SqlSession, row: RunRow, { state, error, at }: RowEnd): Promise<void> {
  const payload = error === undefined ? row.payload : { ...row.payload, error };
  await session.run('UPDATE runs SET state = ?, ended_at = ?, payload = ? WHERE id = ?', [
    state,
    at,
    stringifyPythonJson(payload),
    row.id,
  ]);
}

async function failStale(
  connection: SqlConnection,
  clock: Clock,
  stateId: string | undefined,
): Promise<readonly StaleRun[]> {
  const where = `state = 'RUNNING' AND (last_heartbeat_at < ? OR (last_heartbeat_at IS NULL AND started_at < ?))${ofStateId(stateId)}`;
  const parameters = [
    renderPythonDatetime(clock.now() - heartbeatValidMs),
    renderPythonDatetime(clock.now() - runValidMs),
    ...(stateId === undefined ? [] : [stateId]),
  ];
  if ((await connection.all(`SELECT 1 FROM runs WHERE ${where} LIMIT 1`, parameters)).length === 0) return [];
  return connection.transaction(async (session) => {
    const { forUpdate } = sqlDialects[session.dialect];
    const rows = (
      await session.all(`SELECT * FROM runs WHERE ${where} ORDER BY id ${forUpdate}`, parameters)
    ).map(parseRunRow);
    const stale = rows.map((run) => ({ run, error: staleError(run) }));
    for (const { run, error } of stale)
      await closeRow(session, run, { state: 'FAIL', error, at: renderPythonDatetime(clock.now()) });
    return stale;
  });
}

function staleError(run: RunRow): string {
  const sign =
    run.lastHeartbeatAt === undefined
      ? 'Still running after 24 hours.'
      : 'No heartbeat recorded for 5 minutes.';
  return `${sign} The process was likely killed unceremoniously.`;
}

function runNotFound(id: number) {
  return systemError('run_not_found', {
    message: `The row ${id} of the table 'runs' is gone`,
    hint: 'Another program has deleted it from the system database',
  });
}
