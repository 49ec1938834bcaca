import { type AppError, errorMessage, isAppError } from '@meltano/foundation/errors';
import { thrownAt } from '@meltano/foundation/thrown-at';
import { describeProcessResult, reportedExitCode } from '../process-result.ts';
import { lastTellingLine } from '../telling-lines.ts';
import type { Chain } from './chain.ts';
import { runError } from './errors.ts';
import type { Stage, StageEnd } from './stage.ts';
import type { ChainEnd } from './supervise.ts';

/**
 * What went wrong in a chain, or undefined. The texts and their order are Meltano's (meltano-runtime §3.4);
 * where it calls a run a success that has lost data, this says so.
 */
export function chainFailure(chain: Chain, end: ChainEnd, runId: string): AppError | undefined {
  const failure = (reason: FailureReason, message: string, failed: readonly Failed[]) =>
    pluginsFailed(reason, { message, failed, runId });
  const { stages } = chain;
  const last = stages.length - 1;
  if (end.early !== undefined && end.early < last) return mapperEndedEarly(stages[end.early] as Stage);
  const failed = stages.flatMap((stage, index) => {
    const its = end.ends[index];
    return its === undefined || end.excused.has(index) || isSuccess(its) ? [] : [{ stage, end: its }];
  });
  const of = (role: Stage['role']) => failed.filter((each) => roleOf(each) === role);
  const [extractor] = of('extractor');
  const [loader] = of('loader');
  if (extractor !== undefined && loader !== undefined) {
    return failure('extractor_and_loader_failed', 'Extractor and loader failed', [extractor, loader]);
  }
  if (extractor !== undefined) return failure('extractor_failed', 'Extractor failed', [extractor]);
  if (loader !== undefined) return failure('loader_failed', 'Loader failed', [loader]);
  if (of('mapper').length > 0) return failure('mappers_failed', 'Mappers failed', of('mapper'));
  if (end.early === last) return loaderEndedEarly(stages[last] as Stage);
  return linkFailure(stages, end);
}

interface Failed {
  readonly stage: Stage;
  readonly end: StageEnd;
}

/** A mapper in this process is one with the tap before it, and says in `details.mapper` that it was the mapper. */
function roleOf({ stage, end }: Failed): Stage['role'] {
  return mapperOf(end) === undefined ? stage.role : 'mapper';
}

function mapperOf({ error }: StageEnd): string | undefined {
  const mapper = isAppError(error) ? error.details?.['mapper'] : undefined;
  return typeof mapper === 'string' ? mapper : undefined;
}

function isSuccess(end: StageEnd): boolean {
  return end.error === undefined && (end.process === undefined || end.process.exitCode === 0);
}

type FailureReason = 'extractor_and_loader_failed' | 'extractor_failed' | 'loader_failed' | 'mappers_failed';

function pluginsFailed(
  reason: FailureReason,
  { message, failed, runId }: { message: string; failed: readonly Failed[]; runId: string },
): AppError {
  const cause = failed[0]?.end.error;
  const remedy = isAppError(cause) ? cause.hint : undefined;
  return runError(reason, {
    message,
    hint: remedy ?? `meltano runs logs ${runId}`,
    details: {
      causes: failed.map(describe),
      exitCodes: Object.fromEntries(failed.map(({ stage, end }) => [stage.plugin, exitCode(end)])),
    },
    ...(cause === undefined ? {} : { cause }),
  });
}

function describe({ stage, end }: Failed): string {
  if (end.process !== undefined) {
    const last = lastTellingLine(end.process.lastLines);
    const sentence = describeProcessResult(stage.plugin, end.process);
    return last === undefined ? sentence : `${sentence}, and wrote last: ${last}`;
  }
  const place = thrownAt(end.error);
  const message = errorMessage(end.error) + (place === undefined ? '' : `, at ${place}`);
  return mapperOf(end) === undefined ? `${stage.plugin}: ${message}` : message;
}

function exitCode(end: StageEnd): number {
  return end.process === undefined ? 1 : reportedExitCode(end.process);
}

function mapperEndedEarly({ plugin }: Stage): AppError {
  return runError('mapper_ended_early', {
    message:
      'Unexpected completion sequence in ExtractLoadBlock set. Intermediate block (likely a mapper) failed.',
    hint: `${plugin} ended before it had read everything; what it writes to its standard error says why`,
    details: { plugin },
  });
}

function loaderEndedEarly({ plugin }: Stage): AppError {
  return runError('loader_ended_early', {
    message: `Loader failed: ${plugin} ended with exit code 0 before it had read everything that the extractor wrote`,
    hint: 'the state was kept up to what it acknowledged; the next run reads the rest again',
    details: { plugin },
  });
}

function linkFailure(stages: readonly Stage[], end: ChainEnd): AppError | undefined {
  for (const [index, link] of end.links.entries()) {
    const plugin = stages[index]?.plugin ?? '';
    if (link.error !== undefined) {
      if (isAppError(link.error)) return link.error;
      return runError('link_failed', {
        message: `The data of ${plugin} could not be passed on: ${errorMessage(link.error)}`,
        details: { plugin },
        cause: link.error,
      });
    }
    if (link.unfinishedBytes > 0 && !end.excused.has(index))
      return unfinishedLine(plugin, link.unfinishedBytes);
  }
  return undefined;
}

function unfinishedLine(plugin: string, bytes: number): AppError {
  return runError('unfinished_line', {
    message: `The output of ${plugin} ends in the middle of a line of ${bytes} bytes, which was not passed on`,
    hint: `${plugin} ended without writing all that it had begun; the next run reads it again`,
    details: { plugin, bytes },
  });
}
