import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeDeadRuns } from './close-dead-runs.ts';
import type { RunReport } from './run/run-outcome.ts';
import { identifyProcess, type ProcessIdentity } from './system/process-identity.ts';
import { systemClock } from './system/system-clock.ts';
import { openSystemDatabase, type SystemDatabase } from './system/system-database.ts';

let folder = '';
let database: SystemDatabase;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dead-runs-'));
  database = await openSystemDatabase({ uri: `sqlite:///${folder}/meltano.db`, folder });
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const runId = '0190b8b4-0000-7000-8000-000000000001';
const stateId = 'dev:tap-to-target';
const begun = systemClock.now();
const at = (ms: number) => ({ ...systemClock, now: () => begun + ms });

const running: RunReport = {
  runId,
  status: 'running',
  startedAt: begun - 60_000,
  endedAt: begun - 10_000,
  blocks: [
    {
      index: 0,
      name: 'tap target',
      kind: 'extract-load',
      status: 'running',
      stateId,
      durationMs: 40_000,
      streams: [{ stream: 'users', read: 5, bytes: 50, refused: 0 }],
      processes: {},
      statesStored: 2,
      schemaChanges: [],
    },
  ],
};

async function closed(holder: Partial<ProcessIdentity>, now: number) {
  const row = await database.runs.start({ runId, stateId, trigger: 'cli' });
  await database.runs.heartbeat(row);
  await database.reports.saveRunning(running, { ...(await identifyProcess(process.pid)), ...holder });
  await closeDeadRuns(database, at(now));
  const [kept] = await database.runs.findByRunId(runId);
  return { report: await database.reports.find(runId), row: kept };
}

test('a run whose process is dead is closed at once, with what is known and its last sign of life', async () => {
  const { report, row } = await closed({ processStart: '1' }, 0);
  expect(row).toMatchObject({ state: 'FAIL', payload: { error: expect.stringContaining('killed') } });
  expect(report).toEqual({
    ...running,
    status: 'killed',
    endedAt: row?.lastHeartbeatAt,
    blocks: [
      expect.objectContaining({
        status: 'killed',
        statesStored: 2,
        durationMs: 40_000 + (row?.lastHeartbeatAt ?? 0) - running.endedAt,
        streams: running.blocks[0]?.streams,
        error: expect.objectContaining({ code: 'run.killed' }),
      }),
    ],
  });
  const streams = await database.connection.all('SELECT read_count FROM meltano_ts_run_streams');
  expect(streams.map((stream) => Number(stream['read_count']))).toEqual([5]);
});

test('a run that lives is left alone, however long it is silent', async () => {
  const { report, row } = await closed({}, 24 * 60 * 60 * 1000);
  expect(report).toEqual(running);
  expect(row?.state).toBe('RUNNING');
});

test.each([
  [4, 'running'],
  [6, 'killed'],
])('a run on another host, silent for %i minutes, is %s', async (minutes, status) => {
  const { report } = await closed({ host: 'elsewhere' }, minutes * 60 * 1000);
  expect(report?.status).toBe(status);
});

test('what a run came to is never overwritten by one that takes it for dead', async () => {
  await database.reports.saveRunning(running, await identifyProcess(process.pid));
  await database.reports.save({ ...running, status: 'succeeded', blocks: [], exitCode: 0 });
  await database.reports.closeRunning({ ...running, status: 'killed' });
  expect(await database.reports.find(runId)).toMatchObject({ status: 'succeeded' });
  expect(await database.reports.listRunning()).toEqual([]);
});
