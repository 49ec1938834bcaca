import type { JsonObject } from '@meltano/foundation/json';
import type { ExtractLoadBlock } from './run-plan.ts';
import type { StageRole } from './stage.ts';

/** The fields that a line of a plugin carries in a run (meltano-runtime §6.4). */
export function pluginFields(block: ExtractLoadBlock, plugin: string, role: StageRole): JsonObject {
  return {
    stdio: 'stderr',
    consumer: role !== 'extractor',
    producer: role !== 'loader',
    string_id: plugin,
    cmd_type: 'elb',
    job_name: block.stateId ?? null,
    name: plugin,
  };
}
