import { renderInstallProgress, renderInstallSummary } from '@meltano/engine/install/install-lines';
import type { InstallOptions, InstallOutcome } from '@meltano/engine/install/install-plugins';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { cliError } from '../errors.ts';
import type { Session } from '../session.ts';
import { stopOnSignals } from '../stop-on-signals.ts';

type ReportedOptions = Pick<InstallOptions, 'reason' | 'clean' | 'force' | 'parallelism'>;

/**
 * Installs and says so in Meltano's log lines (meltano-project §5.6). Answers whether nothing failed. A signal
 * ends the installers that are at work; throws `cli.interrupted` or `cli.terminated` then.
 */
export async function installAndReport(
  session: Session,
  plugins: readonly ResolvedPlugin[],
  options: ReportedOptions,
): Promise<boolean> {
  const outcomes = await installUnlessStopped(session, plugins, options);
  for (const line of renderInstallSummary(outcomes, options.reason))
    session.log.log(line.level, line.event, line.fields);
  return outcomes.every((outcome) => outcome.status !== 'failed');
}

async function installUnlessStopped(
  session: Session,
  plugins: readonly ResolvedPlugin[],
  options: ReportedOptions,
): Promise<readonly InstallOutcome[]> {
  const stopping = new AbortController();
  let reason: 'interrupted' | 'terminated' | undefined;
  const stop = (why: 'interrupted' | 'terminated') => {
    reason ??= why;
    stopping.abort();
  };
  const release = stopOnSignals({ stop }, session, 'Stopping the installation');
  try {
    return await session.engine.install(plugins, {
      ...options,
      signal: stopping.signal,
      onProgress: (progress) => {
        const line = renderInstallProgress(progress, options.reason);
        session.log.log(line.level, line.event, line.fields);
      },
    });
  } catch (error) {
    if (reason === undefined) throw error;
    throw cliError(reason, {
      message: 'The installation was stopped',
      hint: `meltano install ${plugins.map((plugin) => plugin.name).join(' ')}`,
      cause: error,
    });
  } finally {
    release();
  }
}
