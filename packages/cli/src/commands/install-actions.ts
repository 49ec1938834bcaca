import { nearNames } from '@meltano/foundation/near-names';
import type { Host } from '../host.ts';
import { renderWhereAndFix } from '../render/error.ts';
import type { Session } from '../session.ts';
import { givenPluginType } from './given-plugin-type.ts';
import { type FailedInstall, installAndReport, installFailed } from './install-report.ts';
import { pluginsOfSchedule } from './schedule-plugins.ts';

interface InstallOptions {
  readonly pluginType?: string;
  readonly clean?: boolean;
  readonly parallelism?: number;
  readonly force?: boolean;
  readonly schedule?: string;
  readonly databaseUri?: string;
}

/** `meltano install`. */
export async function installNamed(
  host: Host,
  names: readonly string[],
  options: InstallOptions,
): Promise<void> {
  const session = await host.open({ command: 'install', environment: 'never', ...options });
  const type = givenPluginType(options.pluginType);
  const all = (await session.workspace.plugins()).filter(
    (plugin) => type === undefined || plugin.type === type,
  );
  for (const name of names.filter((each) => !all.some((plugin) => plugin.name === each))) {
    const near = nearNames(
      name,
      all.map((plugin) => plugin.name),
    )[0];
    session.log.log(
      'warning',
      `There is no plugin '${name}' in the project${near === undefined ? '' : `; did you mean '${near}'?`}`,
    );
  }
  const named = names.length === 0 ? all : all.filter((plugin) => names.includes(plugin.name));
  const scheduled =
    options.schedule === undefined ? undefined : await pluginsOfSchedule(session, options.schedule);
  const plugins =
    scheduled === undefined
      ? named
      : named.filter((plugin) => scheduled.has(`${plugin.type}/${plugin.name}`));
  session.log.log('info', `Installing ${plugins.length} plugins`);
  const { clean = false, force = false } = options;
  const parallelism =
    options.parallelism === undefined || Number.isNaN(options.parallelism)
      ? {}
      : { parallelism: options.parallelism };
  const failures = await installAndReport(session, plugins, {
    reason: 'install',
    clean,
    force,
    ...parallelism,
  });
  if (failures.length === 0) return;
  host.exitCode = 1;
  tellFixes(session, failures);
}

/** Meltano ends without an error of its own: the lines above are it. */
function tellFixes(
  { terminal, errStyle, errWidth, audience, redactor }: Session,
  failures: readonly FailedInstall[],
) {
  if (audience === 'program') return;
  const error = installFailed(failures, 'then: meltano install');
  const lines = renderWhereAndFix(error, errStyle, errWidth);
  terminal.stderr.write(`${redactor.apply(lines.join('\n'))}\n`);
}
