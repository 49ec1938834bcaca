import type { PipeSupply } from '../invoke/pipe-supply.ts';
import type { Watchdog } from '../invoke/watchdog.ts';
import type { EventEmitter } from './event-emitter.ts';
import type { PumpThreads } from './link/pump-threads.ts';
import { isNative } from './native.ts';
import type { RunDependencies } from './run-dependencies.ts';
import type { Block, RunPlan } from './run-plan.ts';
import type { StopSwitch } from './stop-switch.ts';

/** What the blocks of one run share while it lasts. */
export interface BlockRun {
  readonly plan: RunPlan;
  readonly deps: RunDependencies;
  readonly emitter: EventEmitter;
  readonly stop: StopSwitch;
  readonly watchdog: Watchdog;
  readonly pipes: PipeSupply;
  readonly pumpThreads: PumpThreads;
}

export const defaultGraceMs = 30_000;
export const defaultLeftoverGraceMs = 5_000;

/** As a person would type it: `tap-x hide-emails target-y`, `dbt:run`. */
export function blockName(block: Block): string {
  if (block.kind === 'command') {
    return block.command === undefined ? block.plugin.name : `${block.plugin.name}:${block.command}`;
  }
  const mappings = block.mappers.map((mapper) => mapper.mapping?.name ?? mapper.name);
  return [block.extractor.name, ...mappings, block.loader.name].join(' ');
}

/** How many pumps the block needs at most: one between each two processes. */
export function pumpCount(block: Block): number {
  if (block.kind === 'command') return 0;
  const ends = [block.extractor, block.loader].filter((plugin) => !isNative(plugin)).length;
  return Math.max(0, ends + block.mappers.length - 1);
}
