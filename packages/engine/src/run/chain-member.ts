import type { JsonObject } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { LoadNotice, OpenTap, OpenTarget } from '@meltano/sdk/connector';
import type { Invocation } from '../invoke/open-invocation.ts';
import type { PipeSupply } from '../invoke/pipe-supply.ts';
import type { Watchdog } from '../invoke/watchdog.ts';
import type { LinkNote } from './link/progress-board.ts';
import type { PumpThreads } from './link/pump-threads.ts';
import type { StageRole } from './stage.ts';

/** A plugin that is about to work: an invocation becomes a process, an open connector works in this one. */
export type ChainMember =
  | { readonly kind: 'process'; readonly role: StageRole; readonly invocation: Invocation }
  | {
      readonly kind: 'tap';
      readonly plugin: string;
      readonly tap: OpenTap;
      readonly stop: AbortController;
      /** The same tap, which writes its records into files and sends BATCH messages. */
      readonly batched?: (tap: OpenTap) => OpenTap;
    }
  | {
      readonly kind: 'target';
      readonly plugin: string;
      readonly target: OpenTarget;
      readonly stop: AbortController;
    };

export type ProcessMember = Extract<ChainMember, { kind: 'process' }>;

export type TapMember = Extract<ChainMember, { kind: 'tap' }>;

export type TargetMember = Extract<ChainMember, { kind: 'target' }>;

/** What a chain needs from the run, and whom it tells what happens. */
export interface ChainOptions {
  readonly maxMessageBytes: number;
  readonly threads: boolean;
  readonly leftoverGraceMs: number;
  readonly watchdog: Watchdog;
  readonly pipes: PipeSupply;
  readonly pumpThreads: PumpThreads;
  readonly redact: (text: string) => string;
  readonly log: Log;
  onErrorLine(plugin: string, role: StageRole, line: string): void;
  onStarted(plugin: string, pid: number): void;
  onLinkNote(link: number, note: LinkNote): void;
  /** The target has made everything before this state durable. */
  onState(state: JsonObject): void;
  onNotice(notice: LoadNotice): void;
}
