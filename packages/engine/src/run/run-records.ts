import type { JsonObject } from '@meltano/foundation/json';

/** The rows of Meltano's table `runs`, as far as a run needs them; times are milliseconds since the epoch. */
export interface RunRecords {
  /** Inserts a RUNNING row and answers its id. */
  start(run: { readonly runId: string; readonly stateId: string; readonly trigger: string }): Promise<number>;
  heartbeat(id: number): Promise<void>;
  /** Flags: 1 complete, 2 partial. */
  savePayload(id: number, payload: JsonObject, flags: number): Promise<void>;
  finish(id: number, end: { readonly state: 'SUCCESS' | 'FAIL'; readonly error?: string }): Promise<void>;
  /** Closes the RUNNING rows of a run that is known to be dead. */
  failRun(runId: string, error: string): Promise<number>;
  /** Closes RUNNING rows that show no sign of life. */
  failStale(stateId?: string): Promise<readonly StaleRecord[]>;
  findRunning(stateId: string): Promise<readonly RunRecord[]>;
}

export interface RunRecord {
  readonly stateId: string;
  readonly runId: string;
  readonly startedAt: number | undefined;
  readonly lastHeartbeatAt: number | undefined;
}

export interface StaleRecord {
  readonly run: RunRecord;
  readonly error: string;
}
