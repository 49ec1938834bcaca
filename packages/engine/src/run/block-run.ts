import type { PipeSupply } from '../invoke/pipe-supply.ts';
import type { Watchdog } from '../invoke/watchdog.ts';
import type { EventEmitter } from './event-emitter.ts';
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
