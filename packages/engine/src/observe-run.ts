import { errorMessage } from '@meltano/foundation/errors';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { RunEvent } from './events.ts';
import type { LogSink } from './logs/create-log.ts';
import { createRunLogFile, type RunLogFile } from './logs/run-log-file.ts';
import { runLogFile } from './logs/run-log-place.ts';
import { createRunLogReader } from './logs/run-log-reader.ts';
import type { RunPlan } from './run/run-plan.ts';

export interface RunObservation {
  readonly plan: RunPlan;
  /** Folder of the user's run logs. */
  readonly logFolder: string;
  /** The setting `state_backend.uri`. */
  readonly stateBackend: string;
  readonly console: LogSink;
  /** Somebody watches: how far the run is and what it came to is shown by another reader, not by the console. */
  readonly isWatched?: boolean;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * The readers that every run has: its log lines on the console, and those of each block with a state id in a
 * file of their own. A log file that cannot be written costs a warning, never the run.
 */
export function observeRun(observation: RunObservation): (event: RunEvent) => void {
  const { plan, logFolder, console, onEvent } = observation;
  const plugins = new Map(plan.blocks.flatMap(pluginsOf).map((plugin) => [plugin.name, plugin]));
  const { timeoutSeconds, transform } = plan.request;
  const fileOf = (stateId: string) => runLogFile(logFolder, stateId, plan.runId);
  const readEvent = createRunLogReader({
    command: plan.request.command,
    pluginType: (name) => plugins.get(name)?.type,
    hasStructuredLogs: (name) => plugins.get(name)?.capabilities.includes('structured-logging') ?? false,
    stateBackend: observation.stateBackend.split(':')[0] ?? '',
    logFile: fileOf,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(transform === undefined ? {} : { transform }),
  });
  let file: RunLogFile | undefined;
  return (event) => {
    if (event.kind === 'block-started' && event.stateId !== undefined) {
      file = createRunLogFile(fileOf(event.stateId), (error) =>
        console({
          at: event.at,
          level: 'warning',
          event: `The log of this run cannot be kept: ${errorMessage(error)}`,
          fields: {},
        }),
      );
    }
    const isShown = observation.isWatched !== true || !watched.has(event.kind);
    for (const line of readEvent(event)) {
      if (isShown) console(line);
      file?.write(line);
    }
    if (event.kind === 'block-finished') {
      file?.close();
      file = undefined;
    }
    onEvent(event);
  };
}

const watched: ReadonlySet<RunEvent['kind']> = new Set(['state-stored', 'block-finished', 'run-finished']);

function pluginsOf(block: RunPlan['blocks'][number]): readonly ResolvedPlugin[] {
  return block.kind === 'extract-load' ? [block.extractor, ...block.mappers, block.loader] : [block.plugin];
}
