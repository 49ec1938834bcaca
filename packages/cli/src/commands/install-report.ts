import {
  renderInstallAdvice,
  renderInstallProgress,
  renderInstallSummary,
} from '@meltano/engine/install/install-lines';
import type { InstallOptions, InstallOutcome } from '@meltano/engine/install/install-plugins';
import type { AppError, ErrorPlace } from '@meltano/foundation/errors';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { cliError } from '../errors.ts';
import type { Session } from '../session.ts';
import { stopOnSignals } from '../stop-on-signals.ts';

type ReportedOptions = Pick<InstallOptions, 'reason' | 'clean' | 'force' | 'parallelism'>;

/** A plugin that could not be installed, and why. */
export interface FailedInstall {
  readonly plugin: ResolvedPlugin;
  readonly error: AppError;
}

/**
 * Installs and says so in Meltano's log lines (meltano-project §5.6). Answers what failed. A signal ends the
 * installers that are at work; throws `cli.interrupted` or `cli.terminated` then.
 */
export async function installAndReport(
  session: Session,
  plugins: readonly ResolvedPlugin[],
  options: ReportedOptions,
): Promise<readonly FailedInstall[]> {
  const outcomes = await installUnlessStopped(session, plugins, options);
  for (const line of renderInstallSummary(outcomes, options.reason))
    session.log.log(line.level, line.event, line.fields);
  return outcomes.flatMap((outcome) => {
    if (outcome.status !== 'failed') return [];
    const { type, name } = outcome.plugin;
    const plugin = plugins.find((each) => each.type === type && each.name === name);
    return plugin === undefined ? [] : [{ plugin, error: outcome.error }];
  });
}

/** The error of a command that could not install what it needs: what to mend, and where it is written. */
export function installFailed(failures: readonly FailedInstall[], next: string): AppError {
  const [first, ...others] = failures;
  const fixes = failures.map(({ plugin, error }) =>
    others.length === 0 ? (error.hint ?? error.message) : `${plugin.name}: ${error.hint ?? error.message}`,
  );
  const isWrittenWrong = first?.error.code === 'install.pip_failed' && others.length === 0;
  return cliError('install_failed', {
    message: 'Failed to install plugin(s)',
    hint: [...fixes, next].join('\n'),
    ...(isWrittenWrong ? { place: pipUrlPlace(first.plugin) } : {}),
  });
}

/** The entry of the plugin; its pip_url may also come from a lock file. */
function pipUrlPlace({ written }: ResolvedPlugin): ErrorPlace {
  const { file, line } = written.place;
  return { file, ...(line === undefined ? {} : { line }) };
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
        const advice = renderInstallAdvice(progress, options.reason);
        if (advice !== undefined) session.log.log(advice.level, advice.event);
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
