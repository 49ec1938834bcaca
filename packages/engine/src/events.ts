import type { LogFields, LogLevel } from '@meltano/foundation/log';
import type { ProcessResult } from './process-result.ts';
import type { BlockOutcome, RunOutcome } from './run/run-outcome.ts';
import type { StreamProgress } from './run/stream-progress.ts';

/**
 * All that a run says about itself, in one union. The runner only emits; logs, the terminal, the run report
 * and later lineage and the API are readers of the same stream. Members are JSON; times are milliseconds
 * since the epoch.
 */
export type RunEvent = EventHeader & RunEventBody;

export interface EventHeader {
  readonly runId: string;
  /** Counts from 1 within a run, without gaps. */
  readonly seq: number;
  readonly at: number;
}

export type RunEventBody =
  | { readonly kind: 'run-started'; readonly command: string; readonly blocks: readonly string[] }
  | {
      readonly kind: 'block-started';
      readonly block: number;
      readonly name: string;
      readonly stateId?: string;
      readonly lane?: string;
    }
  /** Waiting for something that another holds; repeated at most once a second. */
  | { readonly kind: 'waiting'; readonly block?: number; readonly reason: string }
  | {
      readonly kind: 'state-loaded';
      readonly block: number;
      readonly stateId: string;
      readonly source: string;
    }
  | { readonly kind: 'discovery-started'; readonly block: number; readonly plugin: string }
  | {
      readonly kind: 'discovery-finished';
      readonly block: number;
      readonly plugin: string;
      readonly streams: number;
      readonly cached: boolean;
    }
  | {
      readonly kind: 'process-started';
      readonly block: number;
      readonly plugin: string;
      readonly pid: number;
    }
  | {
      readonly kind: 'process-ended';
      readonly block: number;
      readonly plugin: string;
      readonly result: ProcessResult;
    }
  /** Counts so far of the whole block, at most four a second, and once at the end. */
  | { readonly kind: 'progress'; readonly block: number; readonly streams: readonly StreamProgress[] }
  | {
      readonly kind: 'schema-change';
      readonly block: number;
      readonly stream: string;
      readonly change: string;
      readonly table: string;
      readonly column?: string;
      readonly type?: string;
    }
  | {
      readonly kind: 'refused';
      readonly block: number;
      readonly stream: string;
      readonly count: number;
      readonly reason: string;
    }
  | { readonly kind: 'state-stored'; readonly block: number; readonly stateId: string }
  | { readonly kind: 'stopping'; readonly reason: string; readonly how: 'drain' | 'kill' }
  /** A line for people: what plugins write and what the engine has to say. */
  | {
      readonly kind: 'log';
      readonly block?: number;
      readonly level: LogLevel;
      readonly event: string;
      readonly fields: LogFields;
    }
  | { readonly kind: 'block-finished'; readonly block: number; readonly outcome: BlockOutcome }
  | { readonly kind: 'run-finished'; readonly outcome: RunOutcome };
