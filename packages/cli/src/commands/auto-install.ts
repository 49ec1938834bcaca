import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { cliError } from '../errors.ts';
import type { Session } from '../session.ts';
import { installAndReport } from './install-report.ts';
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
  const ok = await installAndReport(session, unique, { reason: choice.onlyInstall ? 'install' : 'auto' });
  if (!ok)
    throw cliError('install_failed', {
      message: 'Failed to install plugin(s)',
      hint: 'see the lines above; run again with --no-install to skip the installation',
    });
  return choice.onlyInstall !== true;
}
