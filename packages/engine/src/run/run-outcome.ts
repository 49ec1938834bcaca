import type { ProcessResult } from '../process-result.ts';
import type { StreamProgress } from './stream-progress.ts';

/** What became of a run. `finished` is not among them: a run always ends in exactly one of these. */
export interface RunOutcome {
  readonly runId: string;
  readonly status: 'succeeded' | 'failed' | 'interrupted' | 'timed-out';
  readonly startedAt: number;
  readonly endedAt: number;
  readonly blocks: readonly BlockOutcome[];
  /** Exit code of a command line that executes only this run (meltano-cli §1.3). */
  readonly exitCode: number;
}

export interface BlockOutcome {
  readonly index: number;
  readonly name: string;
  readonly kind: 'extract-load' | 'command';
  readonly status: 'succeeded' | 'failed' | 'interrupted' | 'skipped';
  readonly stateId?: string;
  readonly lane?: string;
  readonly durationMs: number;
  readonly streams: readonly StreamOutcome[];
  /** By plugin name. */
  readonly processes: Readonly<Record<string, ProcessResult>>;
  /** State values stored while the block ran. */
  readonly statesStored: number;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    /** What to type next. */
    readonly hint?: string;
    /** What the plugins that failed ended with; each begins with the plugin's name. */
    readonly causes?: readonly string[];
  };
  readonly schemaChanges: readonly string[];
}

/**
 * What is known of a run, over or not: `running` as far as it had come when it last wrote, `killed` when its process
 * is gone without having said how it ended. An outcome is one, too.
 */
export interface RunReport extends Omit<RunOutcome, 'status' | 'blocks' | 'exitCode'> {
  readonly status: RunOutcome['status'] | 'running' | 'killed';
  /** While it runs: when this was written. Of one that was killed: its last sign of life. */
  readonly endedAt: number;
  readonly blocks: readonly BlockReport[];
  /** Of a run that ended by itself. */
  readonly exitCode?: number;
}

export interface BlockReport extends Omit<BlockOutcome, 'status'> {
  readonly status: BlockOutcome['status'] | 'running' | 'killed';
}

export interface StreamOutcome extends StreamProgress {
  readonly refused: number;
  readonly mode?: string;
}
