import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { Session } from '../session.ts';
import { installAndReport, installFailed } from './install-report.ts';
import type { InstallChoice } from './options.ts';

/**
 * Installs what a command is about to use, where its packages changed or are not there; `auto_install: false`
 * and `--no-install` keep it from that. Answers false when the command was only to install.
 */
export async function autoInstall(
  session: Session,
  plugins: readonly ResolvedPlugin[],
  choice: InstallChoice,
): Promise<boolean> {
  const wanted = choice.install ?? session.workspace.projectSetting('auto_install').value !== false;
  if (choice.onlyInstall !== true && !wanted) return true;
  const unique = [...new Map(plugins.map((plugin) => [`${plugin.type}/${plugin.name}`, plugin])).values()];
  const failures = await installAndReport(session, unique, {
    reason: choice.onlyInstall ? 'install' : 'auto',
  });
  if (failures.length > 0) throw installFailed(failures, 'then run this command again');
  return choice.onlyInstall !== true;
}
