import type { JsonValue } from '@meltano/foundation/json';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { DiscoveryStep } from '../catalog/custom-catalog.ts';
import type { PreparedPlugin } from '../workspace/workspace.ts';
import type { BlockRun } from './block-run.ts';
import type { ChainMember } from './chain-member.ts';
import type { ExtractLoadBlock } from './run-plan.ts';
import type { RunRequest } from './run-request.ts';
import type { StageRole } from './stage.ts';

/** What the preparation of a block's plugins needs. */
export interface PrepareMembersOptions {
  readonly block: ExtractLoadBlock;
  readonly run: BlockRun;
  /** The state of earlier runs; not asked when a full refresh or a state file comes first. */
  loadState(): Promise<JsonValue | undefined>;
  /** Undefined when the run neither reads nor stores state. */
  readonly stateLabel: string | undefined;
}

/** One plugin on its way to be ready. */
export interface Preparing {
  readonly options: PrepareMembersOptions;
  readonly role: StageRole;
  readonly plugin: ResolvedPlugin;
  /** What the plugins before it in the block export. */
  readonly upstream: Readonly<Record<string, string>>;
  /** What has been found out about the plugins before it. */
  readonly found: FoundFacts;
  /** Called in reverse order when the block is over. */
  readonly closers: (() => void | Promise<void>)[];
}

/** Whether the tap goes on from a state, once that is known. */
export interface FoundFacts {
  continues?: boolean;
}

/** A plugin that can be started, and what its settings resolved to. */
export interface Prepared {
  readonly member: ChainMember;
  readonly prepared: PreparedPlugin;
}

/** What the options of `el` say about the extractor, as its strongest layer of extras. */
export function extractorOverrides(request: RunRequest): Readonly<Record<string, JsonValue>> {
  const filter = [...(request.select ?? []), ...(request.exclude ?? []).map((pattern) => `!${pattern}`)];
  return {
    ...(filter.length === 0 ? {} : { _select_filter: filter }),
    ...(request.catalog === undefined ? {} : { _catalog: request.catalog }),
    ...(request.state === undefined ? {} : { _state: request.state }),
  };
}

/** Discovery as events of the run. */
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
