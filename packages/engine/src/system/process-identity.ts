import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

/** Enough to tell later whether a process still lives: a pid alone may have been given to another. */
export interface ProcessIdentity {
  readonly host: string;
  /** Changes when the host restarts. On Linux the process namespace is part of it: containers may share a host name. */
  readonly bootId: string;
  readonly pid: number;
  /** In the host's own unit; empty where it does not tell. */
  readonly processStart: string;
}

/** `dead` and `alive` are proofs, possible only for a process of this boot of this host. All else is `unknown`. */
export type Liveness = 'alive' | 'dead' | 'unknown';

export async function identifyProcess(pid: number): Promise<ProcessIdentity> {
  return {
    host: hostname(),
    bootId: await readBootId(),
    pid,
    processStart: (await readProcessStart(pid)) ?? '',
  };
}

export async function judgeProcess({ host, bootId, pid, processStart }: ProcessIdentity): Promise<Liveness> {
  const thisBoot = await readBootId();
  if (thisBoot === '' || bootId !== thisBoot || host !== hostname()) return 'unknown';
  if (!processExists(pid)) return 'dead';
  const start = await readProcessStart(pid);
  if (start === undefined) return processExists(pid) ? 'unknown' : 'dead';
  if (start !== ended && processStart === '') return 'unknown';
  return start === processStart ? 'alive' : 'dead';
}

/** Empty where the host does not tell. */
async function readBootId(): Promise<string> {
  if (process.platform === 'linux') {
    const [boot, namespace] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
      readlink('/proc/self/ns/pid').catch(() => ''),
    ]);
    return boot.trim() === '' ? '' : `${boot.trim()} ${namespace}`.trim();
  }
  return process.platform === 'darwin' ? await firstLine('sysctl', ['-n', 'kern.bootsessionuuid']) : '';
}

/** A process that has ended and only waits for its parent to notice. */
const ended = 'ended';

async function readProcessStart(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    if (stat === undefined) return undefined;
    // The second field is the program's name in brackets and may hold anything; the start time is field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? ended : fields[19];
  }
  if (process.platform === 'win32') return undefined;
  const start = await firstLine('ps', ['-o', 'lstart=', '-p', String(pid)]);
  return start === '' ? undefined : start;
}

async function firstLine(program: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C' };
  const answer = await promisify(execFile)(program, [...args], { env }).catch(() => undefined);
  return answer?.stdout.trim() ?? '';
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
