import { renderInstallProgress, renderInstallSummary } from '@meltano/engine/install/install-lines';
import type { InstallOptions } from '@meltano/engine/install/install-plugins';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { Session } from '../session.ts';

/** Installs and says so in Meltano's log lines (meltano-project §5.6). Answers whether nothing failed. */
export async function installAndReport(
  session: Session,
  plugins: readonly ResolvedPlugin[],
  options: Pick<InstallOptions, 'reason' | 'clean' | 'force' | 'parallelism'>,
): Promise<boolean> {
  const { log } = session;
  const outcomes = await session.engine.install(plugins, {
    ...options,
    onProgress: (progress) => {
      const line = renderInstallProgress(progress, options.reason);
      log.log(line.level, line.event, line.fields);
    },
  });
  for (const line of renderInstallSummary(outcomes, options.reason))
    log.log(line.level, line.event, line.fields);
  return outcomes.every((outcome) => outcome.status !== 'failed');
}
