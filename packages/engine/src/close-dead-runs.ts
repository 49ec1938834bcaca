import type { Clock } from '@meltano/foundation/clock';
import type { BlockReport, RunReport } from './run/run-outcome.ts';
import { judgeProcess } from './system/process-identity.ts';
import type { RunningReport } from './system/run-reports.ts';
import type { SystemDatabase } from './system/system-database.ts';

/** As Meltano sees it: a run without a sign of life for so long is over. */
const silentMs = 5 * 60 * 1000;

/**
 * Closes the reports, and the rows in Meltano's table, of runs whose process is gone: provably, or, where that
 * cannot be judged (another host, another boot), because it has shown no sign of life for five minutes.
 */
export async function closeDeadRuns(
  { reports, runs }: Pick<SystemDatabase, 'reports' | 'runs'>,
  clock: Clock,
): Promise<void> {
  for (const { report, holder } of await reports.listRunning()) {
    const beats = (await runs.findByRunId(report.runId)).map((row) => row.lastHeartbeatAt ?? 0);
    const lastSign = Math.max(report.endedAt, ...beats);
    if (!(await isDead(holder, lastSign, clock))) continue;
    await reports.closeRunning(killedReport(report, lastSign));
    await runs.failRun(report.runId, 'The process was likely killed unceremoniously.');
  }
}

async function isDead(holder: RunningReport['holder'], lastSign: number, clock: Clock): Promise<boolean> {
  const liveness = await judgeProcess(holder);
  return liveness === 'dead' || (liveness === 'unknown' && clock.now() - lastSign > silentMs);
}

/** What had been written of it is what is known. */
function killedReport(report: RunReport, lastSign: number): RunReport {
  const unseenMs = lastSign - report.endedAt;
  return {
    ...report,
    status: 'killed',
    endedAt: lastSign,
    blocks: report.blocks.map((block) => (block.status === 'running' ? killedBlock(block, unseenMs) : block)),
  };
}

function killedBlock(block: BlockReport, unseenMs: number): BlockReport {
  return {
    ...block,
    status: 'killed',
    durationMs: block.durationMs + unseenMs,
    error: {
      code: 'run.killed',
      message:
        'The process of the run ended without saying what it came to: it was killed, or its machine stopped. The figures are the last ones that it wrote',
      hint: 'journalctl -k says whether the memory ran out; run it again: it goes on from the stored state',
    },
  };
}
