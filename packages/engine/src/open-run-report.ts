import type { Clock } from '@meltano/foundation/clock';
import { errorMessage } from '@meltano/foundation/errors';
import type { Log } from '@meltano/foundation/log';
import type { RunEvent } from './events.ts';
import type { RunOutcome } from './run/run-outcome.ts';
import type { RunPlan } from './run/run-plan.ts';
import type { ProcessIdentity } from './system/process-identity.ts';
import type { RunReports } from './system/run-reports.ts';
import { trackRun } from './track-run.ts';

export interface RunReportOptions {
  readonly plan: RunPlan;
  readonly reports: RunReports;
  /** The process that the run dies with. */
  readonly holder: ProcessIdentity;
  readonly clock: Clock;
  readonly log: Log;
}

export interface OpenRunReport {
  onEvent(event: RunEvent): void;
  /** Writes what the run came to. */
  close(outcome: RunOutcome): Promise<void>;
}

/** What is lost of a report when its process is killed is at most this old, in milliseconds. */
const everyMs = 2_000;
/** A run of which nothing is to be told shows that it lives after so many times. */
const quietRounds = 10;

/**
 * Keeps the report of a run in the system database from its start on, so that there is one of a run that was
 * killed, too. A report that cannot be written costs one warning, never the run.
 */
export async function openRunReport(options: RunReportOptions): Promise<OpenRunReport> {
  const { plan, reports, holder, clock, log } = options;
  const tracked = trackRun(plan, clock.now());
  const ended = new AbortController();
  let hasWarned = false;
  let hasNews = false;
  const attempt = (writing: Promise<void>) =>
    writing.catch((error: unknown) => {
      if (!hasWarned) log.log('warning', `The report of this run cannot be kept: ${errorMessage(error)}`);
      hasWarned = true;
    });
  const save = () => {
    hasNews = false;
    return attempt(reports.saveRunning(tracked.report(clock.now()), holder));
  };
  const keepSaving = async () => {
    for (let round = 1; ; round += 1) {
      await clock.sleep(everyMs, ended.signal);
      if (ended.signal.aborted) return;
      if (hasNews || round % quietRounds === 0) await save();
    }
  };
  await save();
  const saving = keepSaving();
  return {
    onEvent(event) {
      tracked.onEvent(event);
      if (event.kind !== 'log') hasNews = true;
    },
    async close(outcome) {
      ended.abort();
      await saving;
      await attempt(reports.save(outcome));
    },
  };
}
