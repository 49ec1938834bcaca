import { openPipeSupply } from '../invoke/pipe-supply.ts';
import { openWatchdog } from '../invoke/watchdog.ts';
import { type BlockRun, blockName, pumpCount } from './block-run.ts';
import { createEventEmitter } from './event-emitter.ts';
import { executeCommand } from './execute-command.ts';
import { executeExtractLoad } from './execute-extract-load.ts';
import { openPumpThreads } from './link/pump-threads.ts';
import type { RunDependencies } from './run-dependencies.ts';
import type { BlockOutcome, RunOutcome } from './run-outcome.ts';
import type { Block, RunPlan } from './run-plan.ts';
import { skippedBlock } from './skipped-block.ts';
import { createStopSwitch, type StopReason, type StopSwitch } from './stop-switch.ts';

/** A run under way. */
export interface RunHandle {
  /**
   * Resolves when everything is over: all processes ended, the last state stored, all rows closed. Never
   * rejects; what went wrong is in the outcome. Do not end the program before.
   */
  readonly outcome: Promise<RunOutcome>;
  /** First call: the tap is asked to stop and the rest finishes what it has. Second call: everything is killed (Invariant 8). */
  stop(reason: Extract<StopReason, 'interrupted' | 'terminated'>): void;
}

/** Carries out a plan, block after block; the first failure ends it. Everything that happens is an event (`deps.onEvent`). */
export function executeRun(plan: RunPlan, deps: RunDependencies): RunHandle {
  const emitter = createEventEmitter({ ...deps, runId: plan.runId });
  const stop = createStopSwitch((reason, how) => emitter.emit({ kind: 'stopping', reason, how }));
  return {
    outcome: executeBlocks(plan, deps, { emitter, stop }),
    stop: (reason) => stop.stop(reason),
  };
}

async function executeBlocks(
  plan: RunPlan,
  deps: RunDependencies,
  { emitter, stop }: Pick<BlockRun, 'emitter' | 'stop'>,
): Promise<RunOutcome> {
  const startedAt = deps.clock.now();
  emitter.emit({ kind: 'run-started', command: plan.request.command, blocks: plan.blocks.map(blockName) });
  const watchdog = openWatchdog();
  const pipes = openPipeSupply(watchdog);
  const [first] = plan.blocks;
  const threads = (deps.threads ?? true) && first !== undefined ? pumpCount(first) : 0;
  const pumpThreads = openPumpThreads(threads);
  const over = new AbortController();
  limitTime(plan, deps, stop, over.signal);
  const outcomes: BlockOutcome[] = [];
  try {
    for (const block of plan.blocks) {
      const blocked = stop.draining.aborted || outcomes.some((outcome) => outcome.status !== 'succeeded');
      outcomes.push(
        blocked
          ? skippedBlock(block)
          : await executeBlock(block, { plan, deps, emitter, stop, watchdog, pipes, pumpThreads }),
      );
    }
  } finally {
    over.abort();
    await pumpThreads.close();
    await pipes.close();
    await watchdog.close();
  }
  const status = runStatus(outcomes, stop.reason());
  const outcome: RunOutcome = {
    runId: plan.runId,
    status,
    startedAt,
    endedAt: deps.clock.now(),
    blocks: outcomes,
    exitCode: exitCode(status, stop.reason()),
  };
  emitter.emit({ kind: 'run-finished', outcome });
  return outcome;
}

function executeBlock(block: Block, run: BlockRun): Promise<BlockOutcome> {
  return block.kind === 'command' ? executeCommand(block, run) : executeExtractLoad(block, run);
}

function limitTime(
  { request }: RunPlan,
  { clock }: RunDependencies,
  stop: StopSwitch,
  over: AbortSignal,
): void {
  if (request.timeoutSeconds === undefined) return;
  void clock.sleep(request.timeoutSeconds * 1000, over).then(() => {
    // One that is stopping already gets its whole grace period.
    if (!over.aborted && stop.reason() === undefined) stop.stop('timed-out');
  });
}

function runStatus(outcomes: readonly BlockOutcome[], reason: StopReason | undefined): RunOutcome['status'] {
  const all = outcomes.every((outcome) => outcome.status === 'succeeded');
  if (all) return 'succeeded';
  if (reason === 'timed-out') return 'timed-out';
  return reason === 'interrupted' || reason === 'terminated' ? 'interrupted' : 'failed';
}

/** Source: meltano-cli §1.3. */
function exitCode(status: RunOutcome['status'], reason: StopReason | undefined): number {
  if (status === 'succeeded') return 0;
  return status === 'interrupted' && reason === 'terminated' ? 143 : 1;
}
