import type { RunEvent } from './events.ts';
import type { BlockReport, RunReport } from './run/run-outcome.ts';
import type { RunPlan } from './run/run-plan.ts';
import { skippedBlock } from './run/skipped-block.ts';

/** The report of a run that is under way, as its events tell it. */
export interface TrackedRun {
  onEvent(event: RunEvent): void;
  /** As it is at that time. */
  report(now: number): RunReport;
}

/** A block that was not begun is `skipped`, as it is when the run ends before it. */
export function trackRun(plan: RunPlan, startedAt: number): TrackedRun {
  const blocks: BlockReport[] = plan.blocks.map(skippedBlock);
  const begunAt = new Map<number, number>();
  return {
    onEvent(event) {
      if (event.kind === 'block-started') begunAt.set(event.block, event.at);
      const at = blocks.findIndex((block) => 'block' in event && block.index === event.block);
      const block = blocks[at];
      if (block !== undefined) blocks[at] = blockAfter(block, event);
    },
    report: (now) => ({
      runId: plan.runId,
      status: 'running',
      startedAt,
      endedAt: now,
      blocks: blocks.map((block) =>
        block.status === 'running'
          ? { ...block, durationMs: now - (begunAt.get(block.index) ?? now) }
          : block,
      ),
    }),
  };
}

function blockAfter(block: BlockReport, event: RunEvent): BlockReport {
  switch (event.kind) {
    case 'block-started':
      return { ...block, status: 'running', ...(event.lane === undefined ? {} : { lane: event.lane }) };
    case 'progress': {
      const refused = new Map(block.streams.map((stream) => [stream.stream, stream.refused]));
      const streams = event.streams.map((stream) => ({
        ...stream,
        refused: refused.get(stream.stream) ?? 0,
      }));
      return { ...block, streams };
    }
    case 'refused':
      return {
        ...block,
        streams: block.streams.map((stream) =>
          stream.stream === event.stream ? { ...stream, refused: stream.refused + event.count } : stream,
        ),
      };
    case 'state-stored':
      return { ...block, statesStored: block.statesStored + 1 };
    case 'block-finished':
      return event.outcome;
    default:
      return block;
  }
}
