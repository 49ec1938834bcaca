import { appendFile, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isAppError } from '@meltano/foundation/errors';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { Watchdog } from '../invoke/watchdog.ts';
import { makeFolder } from '../make-folder.ts';
import { needsInstall, removeFingerprint, writeFingerprint } from './fingerprint.ts';
import { withInstallLock } from './install-lock.ts';
import type { Installer, InstallerCall } from './installer.ts';
import { createInstallerRecord, type InstallerRecord } from './installer-record.ts';
import { recoverVenv, setVenvAside } from './venv-aside.ts';

/** What an install needs to know of a plugin. */
export type InstallablePlugin = Pick<
  ResolvedPlugin,
  'type' | 'name' | 'folder' | 'pipUrl' | 'npmPackage' | 'python' | 'installable' | 'mapping'
>;

/** `auto` installs only what is missing or was made from something else. */
export type InstallReason = 'install' | 'add' | 'upgrade' | 'auto';

export interface VenvJob {
  readonly plugin: InstallablePlugin;
  /** The plugin's pip_url, expanded and cut into words. */
  readonly packages: readonly string[];
  readonly fingerprint: string;
  /** The interpreter to make the venv with, where one is configured. */
  readonly python: string | undefined;
  readonly installer: Installer;
  readonly systemDir: string;
  readonly logFolder: string;
  readonly reason: InstallReason;
  readonly clean: boolean;
  readonly force: boolean;
  readonly signal: AbortSignal | undefined;
  readonly watchdog: Watchdog;
  readonly onWait: () => void;
}

export function pluginVenv(systemDir: string, plugin: Pick<ResolvedPlugin, 'type' | 'folder'>): string {
  return join(systemDir, plugin.type, plugin.folder, 'venv');
}

/** False when nothing had to be done: another process may have done it while this one waited. */
export async function installIntoVenv(job: VenvJob): Promise<boolean> {
  const { fingerprint } = job;
  const venv = pluginVenv(job.systemDir, job.plugin);
  return withInstallLock(dirname(venv), job, async () => {
    const record = createInstallerRecord(dirname(venv));
    await record.endLeftover();
    await recoverVenv(venv);
    const isStale = await needsInstall(venv, fingerprint);
    if (!isStale && job.reason === 'auto' && !job.clean) return false;
    await emptyRunFolder(job);
    const call = await installerCall(job, record);
    if (isStale || job.clean) await makeAnew(job, venv, call);
    else await installAgain(job, venv, call);
    await record.clear();
    return true;
  });
}

async function makeAnew({ installer, packages, fingerprint }: VenvJob, venv: string, call: InstallerCall) {
  const before = await setVenvAside(venv);
  try {
    await installer.createVenv(venv, call);
    await installer.installPackages(venv, packages, call);
    await writeFingerprint(venv, fingerprint);
  } catch (error) {
    await before.comeBack();
    throw error;
  }
  await before.drop();
}

async function installAgain(
  { installer, packages, fingerprint }: VenvJob,
  venv: string,
  call: InstallerCall,
) {
  // A venv without fingerprint counts as not installed; killed from here on, it is made anew.
  await removeFingerprint(venv);
  try {
    await installer.installPackages(venv, packages, call);
  } catch (error) {
    // Not reached, not touched: what was complete before still is.
    if (isAppError(error) && error.code === 'install.offline') await writeFingerprint(venv, fingerprint);
    throw error;
  }
  await writeFingerprint(venv, fingerprint);
}

/** What earlier versions of the plugin left there, above all the cached catalog. */
async function emptyRunFolder({ systemDir, plugin }: VenvJob): Promise<void> {
  const folder = join(systemDir, 'run', plugin.folder);
  for (const name of await readdir(folder).catch(() => []))
    await rm(join(folder, name), { recursive: true, force: true });
}

async function installerCall(
  { plugin, logFolder, python, force, signal, watchdog }: VenvJob,
  record: InstallerRecord,
): Promise<InstallerCall> {
  const logFile = join(logFolder, 'pip', plugin.type, plugin.folder, 'install.log');
  makeFolder(dirname(logFile));
  await rm(logFile, { force: true });
  return {
    plugin: `${plugin.type}/${plugin.name}`,
    name: plugin.name,
    signal,
    watchdog,
    logFile,
    onStart: record.keep,
    log: (text) => appendFile(logFile, text),
    ignorePythonVersion: force,
    python,
  };
}
