import type { JsonObject } from '@meltano/foundation/json';
import type { RunRecords } from '../../src/run/run-records.ts';

export interface MemoryRow {
  readonly id: number;
  readonly runId: string;
  readonly stateId: string;
  readonly startedAt: number;
  lastHeartbeatAt: number;
  state: 'RUNNING' | 'SUCCESS' | 'FAIL';
  payload: JsonObject;
  flags: number;
  error: string | undefined;
}

/** The table of runs in memory. */
export function createMemoryRunRecords() {
  const rows: MemoryRow[] = [];
  const records: RunRecords = {
    async start({ runId, stateId }) {
      const now = Date.now();
      const id = rows.length + 1;
      rows.push({
        id,
        runId,
        stateId,
        startedAt: now,
        lastHeartbeatAt: now,
        state: 'RUNNING',
        payload: {},
        flags: 0,
        error: undefined,
      });
      return id;
    },
    async heartbeat(id) {
      const row = rows[id - 1];
      if (row !== undefined) row.lastHeartbeatAt = Date.now();
    },
    async savePayload(id, payload, flags) {
      const row = rows[id - 1];
      if (row !== undefined) Object.assign(row, { payload, flags });
    },
    async finish(id, end) {
      const row = rows[id - 1];
      if (row !== undefined) Object.assign(row, { state: end.state, error: end.error });
    },
    failRun: async () => 0,
    failStale: async () => [],
    findRunning: async (stateId) => rows.filter((row) => row.stateId === stateId && row.state === 'RUNNING'),
  };
  return { records, rows };
}
