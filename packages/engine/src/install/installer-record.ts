import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { identifyProcess, judgeProcess, type ProcessIdentity } from '../system/process-identity.ts';
import { writeFileAtomically } from '../system/write-file-atomically.ts';
import { killGroup } from './run-program.ts';

/**
 * The installer's program that is at work in a plugin's folder is written down there. When its starter is
 * killed it goes on alone; whoever installs next ends it first, so that two never write to one venv.
 */
export interface InstallerRecord {
  keep(pid: number): Promise<void>;
  clear(): Promise<void>;
  /** Ends a program that an earlier installation has left behind. */
  endLeftover(): Promise<void>;
}

export function createInstallerRecord(folder: string): InstallerRecord {
  const file = join(folder, 'installer.json');
  const clear = () => rm(file, { force: true });
  return {
    keep: async (pid) => writeFileAtomically(file, JSON.stringify(await identifyProcess(pid))),
    clear,
    async endLeftover() {
      const identity = await readIdentity(file);
      if (identity === undefined) return;
      while ((await judgeProcess(identity)) === 'alive') {
        killGroup(identity.pid, 'SIGKILL');
        await wait(10);
      }
      await clear();
    },
  };
}

async function readIdentity(file: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
