import type { RunEvent } from '@meltano/engine/events';
import { passesThreshold } from '@meltano/engine/logs/level-filter';
import type { RunOutcome } from '@meltano/engine/run/run-outcome';
import type { RunPlan } from '@meltano/engine/run/run-plan';
import type { Session } from '../session.ts';
import { createLiveRun } from './live-run.ts';
import { renderRunCommand } from './run-command.ts';
import { renderNextSteps, renderRunSummary } from './run-summary.ts';

/**
 * What a person sees of a run: the engine writes its log lines; at a terminal there is also a live part, and at
 * the end a summary. Where text is read later, a run that failed says below its log what to type.
 */
export interface RunView {
  observe(event: RunEvent): void;
  finish(outcome: RunOutcome): void;
  close(): void;
}

const redrawMs = 100;

export function createRunView(session: Session, plan: RunPlan): RunView {
  if (!session.interactive) return createTextView(session, plan);

  const { errStyle: style, glyphs, terminal } = session;
  const live = createLiveRun({ stream: terminal.stderr, style, glyphs });
  const release = session.redirectLog((text) => live.above(text));
  const timer = setInterval(() => live.tick(Date.now()), redrawMs);
  timer.unref();
  return {
    observe: live.observe,
    finish(outcome) {
      live.close();
      const options = {
        style,
        glyphs,
        width: terminal.stderr.columns ?? 80,
        again: againOf(session, plan),
        details: true,
      };
      terminal.stderr.write(`\n${session.redactor.apply(renderRunSummary(outcome, options).join('\n'))}\n`);
    },
    close() {
      clearInterval(timer);
      release();
      live.close();
    },
  };
}

function createTextView(session: Session, plan: RunPlan): RunView {
  const { terminal, errStyle: style, audience, threshold, redactor, errWidth: width } = session;
  const isText = audience !== 'program' && threshold !== 'disabled';
  return {
    observe: () => {},
    finish(outcome) {
      if (!isText || outcome.status === 'succeeded') return;
      // What to mend is a line of the log, unless those are not shown.
      const isTold = passesThreshold('info', threshold);
      const lines = renderNextSteps(outcome, { style, width, again: againOf(session, plan), isTold });
      terminal.stderr.write(`${redactor.apply(lines.join('\n'))}\n`);
    },
    close: () => {},
  };
}

/** What to type to run the same again. */
function againOf({ workspace: { selection } }: Session, { request, environment }: RunPlan): string {
  return renderRunCommand(request, selection.source === 'default' ? undefined : environment);
}
