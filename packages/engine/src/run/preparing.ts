import type { JsonValue } from '@meltano/foundation/json';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { DiscoveryStep } from '../catalog/custom-catalog.ts';
import type { PreparedPlugin } from '../workspace/workspace.ts';
import type { BlockRun } from './block-run.ts';
import type { ChainMember } from './chain.ts';
import type { ExtractLoadBlock } from './run-plan.ts';
import type { RunRequest } from './run-request.ts';
import type { StageRole } from './stage.ts';

export interface PrepareMembersOptions {
  readonly block: ExtractLoadBlock;
  readonly run: BlockRun;
  /** The state of earlier runs; not asked when a full refresh or a state file comes first. */
  loadState(): Promise<JsonValue | undefined>;
  /** Undefined when the run neither reads nor stores state. */
  readonly stateLabel: string | undefined;
}

export interface Preparing {
  readonly options: PrepareMembersOptions;
  readonly role: StageRole;
  readonly plugin: ResolvedPlugin;
  readonly upstream: Readonly<Record<string, string>>;
  readonly closers: (() => void | Promise<void>)[];
}

export interface Prepared {
  readonly member: ChainMember;
  readonly prepared: PreparedPlugin;
}

export function extractorOverrides(request: RunRequest): Readonly<Record<string, JsonValue>> {
  const filter = [...(request.select ?? []), ...(request.exclude ?? []).map((pattern) => `!${pattern}`)];
  return {
    ...(filter.length === 0 ? {} : { _select_filter: filter }),
    ...(request.catalog === undefined ? {} : { _catalog: request.catalog }),
    ...(request.state === undefined ? {} : { _state: request.state }),
  };
}

export function emitDiscovery(
  step: DiscoveryStep,
  { emitter }: BlockRun,
  { index: block }: ExtractLoadBlock,
  plugin: string,
): void {
  if (step.kind === 'started') return emitter.emit({ kind: 'discovery-started', block, plugin });
  const { catalog, cached } = step;
  return emitter.emit({ kind: 'discovery-finished', block, plugin, streams: catalog.streams.length, cached });
}
