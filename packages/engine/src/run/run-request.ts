import type { TransformMode } from '@meltano/project/schedule';

/** What is to be run: every command, job, schedule and API call makes one of these. */
export interface RunRequest {
  /** `run`: environment required, named state id; `el`: one pair with its own state id. */
  readonly command: 'run' | 'el' | 'elt';
  /** Plugins, mappings, `plugin:command`, jobs, in order, as they were typed. */
  readonly blocks: readonly string[];
  readonly fullRefresh?: boolean;
  readonly refreshCatalog?: boolean;
  readonly noStateUpdate?: boolean;
  readonly force?: boolean;
  readonly stateIdSuffix?: string;
  readonly stateStrategy?: 'auto' | 'merge' | 'overwrite';
  readonly runId?: string;
  /** For all blocks together. */
  readonly timeoutSeconds?: number;
  /** Written to the run's row: `cli`, `schedule`, … */
  readonly trigger: string;
  /** `elt` only: whether the project's dbt runs after the pair, or instead of it. */
  readonly transform?: TransformMode;
  /** `el` only. */
  readonly stateId?: string;
  readonly catalog?: string;
  readonly state?: string;
  readonly select?: readonly string[];
  readonly exclude?: readonly string[];
}
