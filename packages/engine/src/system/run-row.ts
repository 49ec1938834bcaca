import { isJsonObject, type JsonObject, parseJson } from '@meltano/foundation/json';
import { parsePythonDatetime } from './python-datetime.ts';
import { numberOf, type SqlRow, textOf } from './sql-connection.ts';

export const runStates = ['IDLE', 'RUNNING', 'SUCCESS', 'FAIL', 'DEAD', 'STATE_EDIT'] as const;
export type RunState = (typeof runStates)[number];

/** A row of Meltano's table `runs`. Times are milliseconds since the epoch. */
export interface RunRow {
  readonly id: number;
  /** UUID with dashes. One run has a row for each of its blocks that has a state id. */
  readonly runId: string;
  /** Meltano's column `job_name`. */
  readonly stateId: string;
  readonly state: RunState;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly lastHeartbeatAt: number | undefined;
  readonly trigger: string | undefined;
  /** `{singer_state?, error?}`. */
  readonly payload: JsonObject;
  /** 0 none, 1 complete state, 2 partial state. */
  readonly payloadFlags: number;
}

export function parseRunRow(row: SqlRow): RunRow {
  const time = (column: string) => {
    const text = textOf(row, column);
    return text === undefined ? undefined : parsePythonDatetime(text);
  };
  return {
    id: numberOf(row, 'id') ?? 0,
    runId: dashed(textOf(row, 'run_id') ?? ''),
    stateId: textOf(row, 'job_name') ?? '',
    state: runStates.find((state) => state === textOf(row, 'state')) ?? 'IDLE',
    startedAt: time('started_at'),
    endedAt: time('ended_at'),
    lastHeartbeatAt: time('last_heartbeat_at'),
    trigger: textOf(row, 'trigger'),
    payload: payloadOf(textOf(row, 'payload')),
    payloadFlags: numberOf(row, 'payload_flags') ?? 0,
  };
}

function payloadOf(text: string | undefined): JsonObject {
  if (text === undefined) return {};
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(undashed(text));
}

/** SQLAlchemy keeps a UUID as 32 digits where the database has no type for it. */
export function undashed(uuid: string): string {
  return uuid.replaceAll('-', '').toLowerCase();
}

function dashed(hex: string): string {
  return hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : hex;
}
