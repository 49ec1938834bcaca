import { blockName } from './block-run.ts';
import type { BlockOutcome } from './run-outcome.ts';
import type { Block } from './run-plan.ts';

/** A block that was not begun, as it is when the run ends before it. */
export function skippedBlock(block: Block): BlockOutcome {
  return {
    index: block.index,
    name: blockName(block),
    kind: block.kind,
    status: 'skipped',
    ...(block.kind === 'extract-load' && block.stateId !== undefined ? { stateId: block.stateId } : {}),
    durationMs: 0,
    streams: [],
    processes: {},
    statesStored: 0,
    schemaChanges: [],
  };
}
