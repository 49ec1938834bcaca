import { ExactNumber } from '@meltano/foundation/json';
import type { LogFields, LogLevel } from '@meltano/foundation/log';
import type { PluginType } from '@meltano/project/plugin/plugin-type';
import type { TransformMode } from '@meltano/project/schedule';
import type { LogLine } from './log-line.ts';

export interface RunLogOptions {
  readonly command: 'run' | 'el' | 'elt';
  /** Undefined for what is no plugin of the project. */
  readonly pluginType: (plugin: string) => PluginType | undefined;
  /** Plugins whose lines may be JSON in the Singer SDK's structure. */
  readonly hasStructuredLogs: (plugin: string) => boolean;
  /** Kind of the state backend as Meltano names it, e.g. `systemdb`. */
  readonly stateBackend: string;
  readonly timeoutSeconds?: number;
  /** What `elt` does with its transformer. */
  readonly transform?: TransformMode;
  /** Where the block's log file is, for the advice after a failed `el`. */
  readonly logFile?: (stateId: string) => string;
}

/** What is known of a block while it runs. */
export interface StartedBlock {
  readonly stateId: string | undefined;
  readonly isExtractLoad: boolean;
  /** Number of plugins. */
  readonly members: number;
}

export type WriteLine = (level: LogLevel, event: string, fields?: LogFields, logger?: string) => LogLine;

/** What it takes to turn one event into lines. */
export interface RunReading {
  readonly options: RunLogOptions;
  readonly line: WriteLine;
  /** A line of the commands `el` and `elt`, which bind other facts than `run`. */
  readonly elLine: WriteLine;
  /** The block that the event is about, else the one that is in work. */
  readonly block: StartedBlock | undefined;
}

/** Python writes a whole number of seconds with a point. */
export function seconds(ms: number): number | ExactNumber {
  const value = Math.round(ms) / 1000;
  return Number.isInteger(value) ? new ExactNumber(`${value}.0`) : value;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Leaves out what is undefined. */
export function defined(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
