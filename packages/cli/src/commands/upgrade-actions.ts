import { updateBundleFiles } from '@meltano/engine/install/file-bundle';
import { pluginVenv } from '@meltano/engine/install/install-plugin';
import { meltanoRevision } from '@meltano/engine/system/meltano-tables';
import { peekRevision } from '@meltano/engine/system/peek-revision';
import { isJsonObject } from '@meltano/foundation/json';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { wantsColour, widthOf } from '../globals.ts';
import type { Host } from '../host.ts';
import { createStyle } from '../render/style.ts';
import { wrapText } from '../render/wrap-text.ts';
import type { Session } from '../session.ts';
import { installAndReport, installFailed } from './install-report.ts';

interface UpgradeOptions {
  readonly databaseUri?: string;
}

const open = (host: Host, options: UpgradeOptions) =>
  host.open({ command: 'upgrade', environment: 'never', ...options });

/** `meltano upgrade package`: a running program cannot replace itself, and says how it is done. */
export async function explainPackageUpgrade(host: Host): Promise<void> {
  heading(host, 'Upgrading `meltano` package...');
  tell(
    host,
    'The `meltano` package could not be upgraded automatically because it was installed by a package manager.\n' +
      'To upgrade manually, use that one, for example `npm install -g meltano@latest`.\n',
  );
}

/** `meltano upgrade` and `meltano upgrade all`. Source of the output: meltano-cli §25. */
export async function upgradeAll(
  host: Host,
  options: UpgradeOptions & { readonly skipPackage?: boolean },
): Promise<void> {
  if (options.skipPackage !== true) {
    await explainPackageUpgrade(host);
    tell(
      host,
      'Then, run `meltano upgrade --skip-package` to upgrade your project based on the latest version.\n',
    );
    return;
  }
  await upgradeFiles(host, options);
  host.writeOut('\n');
  await upgradeDatabase(host, options);
  host.writeOut('\n');
  // States are kept in the form that Meltano 4 has: there is nothing to migrate.
  heading(host, 'Applying migrations to project state...');
  host.writeOut('\nYour Meltano project has been upgraded!\n');
}

/** `meltano upgrade files`. */
export async function upgradeFiles(host: Host, options: UpgradeOptions): Promise<void> {
  const session = await open(host, options);
  heading(host, 'Updating files managed by plugins...');
  const bundles = (await session.workspace.plugins()).filter((plugin) => plugin.type === 'files');
  if (bundles.length === 0) {
    host.writeOut('Nothing to update\n');
    return;
  }
  const failures = await installAndReport(session, bundles, { reason: 'upgrade' });
  if (failures.length > 0) throw installFailed(failures, 'then: meltano upgrade files');
  for (const bundle of bundles) await updateFiles(session, bundle);
}

async function updateFiles({ workspace, log }: Session, plugin: ResolvedPlugin): Promise<void> {
  const { extras } = await workspace.preparePlugin(plugin);
  const written = extras['_update'];
  const update = isJsonObject(written)
    ? Object.fromEntries(Object.entries(written).map(([pattern, isOn]) => [pattern, isOn === true]))
    : {};
  const venv = pluginVenv(workspace.systemDir, plugin);
  const lines = await updateBundleFiles({ name: plugin.name, venv, root: workspace.root, update });
  for (const line of lines) log.log('info', line);
}

/** `meltano upgrade database`. Opening the database migrates it. */
export async function upgradeDatabase(host: Host, options: UpgradeOptions): Promise<void> {
  const session = await open(host, options);
  const { workspace, engine } = session;
  heading(host, 'Applying migrations to system database...');
  const before = await peekRevision(
    String(workspace.projectSetting('database_uri').value ?? ''),
    workspace.root,
  );
  await engine.systemDatabase();
  const isCurrent =
    before.kind === 'not-asked' || (before.kind === 'revision' && before.revision === meltanoRevision);
  host.writeOut(isCurrent ? 'System database up-to-date.\n' : `Upgrading database to ${meltanoRevision}\n`);
}

/** Text with its line end, wrapped at a terminal. */
function tell(host: Host, text: string): void {
  host.writeOut(wrapText(text, { width: widthOf(host.terminal.stdout) }).join('\n'));
}

function heading(host: Host, text: string): void {
  const { terminal } = host;
  const { cyan } = createStyle(wantsColour(terminal.stdout, terminal.env));
  host.writeOut(`${cyan(text)}\n`);
}
