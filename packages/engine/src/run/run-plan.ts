import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { RunRequest } from './run-request.ts';

/** What a run will do, with nothing left to decide; pure and printable. `executeRun` carries it out. */
export interface RunPlan {
  readonly runId: string;
  readonly request: RunRequest;
  readonly environment: string | undefined;
  readonly blocks: readonly Block[];
}

export type Block = ExtractLoadBlock | CommandBlock;

export interface ExtractLoadBlock {
  readonly kind: 'extract-load';
  readonly index: number;
  readonly extractor: ResolvedPlugin;
  readonly mappers: readonly ResolvedPlugin[];
  readonly loader: ResolvedPlugin;
  /** Undefined when the run neither reads nor stores state. */
  readonly stateId: string | undefined;
  readonly lane: LanePlan;
}

export interface CommandBlock {
  readonly kind: 'command';
  readonly index: number;
  readonly plugin: ResolvedPlugin;
  /** Without one the plugin is started bare. */
  readonly command: string | undefined;
  /** Set when the command is the transformation of `elt`. */
  readonly transform?: Transform;
}

export interface Transform {
  /** Commands to run first; each begins when the one before has succeeded. */
  readonly first: readonly string[];
  /** Plugins whose names and settings the transformer sees, the strongest last. */
  readonly upstream: readonly ResolvedPlugin[];
  /** Where its log lines belong to; it neither reads nor stores the state. */
  readonly stateId: string | undefined;
}

/**
 * How records get from the extractor to the loader. `pump`: both are processes and bytes pass unparsed;
 * `decode`: an external tap's lines become items for a native target; `encode`: a native tap's items become
 * lines for an external target; `record`: both are native and share the record lane.
 */
export type LanePlan = 'pump' | 'decode' | 'encode' | 'record';
