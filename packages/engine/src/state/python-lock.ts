import { readFile, rm, writeFile } from 'node:fs/promises';
import type { Clock } from '@meltano/foundation/clock';

/**
 * The lock file that Meltano puts beside a state file while it writes: the time of its making, in seconds as
 * decimal text; older than ten seconds it counts as left behind. Source: meltano-runtime §4.5.
 *
 * Among processes of this program another lock decides, which dies with its holder, so a lock file of ours
 * that is met here is always a dead one's. Ours are told from Meltano's by their number of decimals: Python
 * writes at most seven, and reads any.
 */
const validMs = 10_000;
const ours = /^\d+\.\d{12}$/;

/** Holds the lock while the work is done. To be called by one process of this program at a time. */
export async function withPythonLock<T>(file: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  while (!(await create(file, clock))) {
    const body = await readFile(file, 'utf8').catch(() => undefined);
    if (body === undefined) continue;
    if (ours.test(body.trim()) || hasExpired(body, clock.now())) await rm(file, { force: true });
    else await clock.sleep(50);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function create(file: string, clock: Clock): Promise<boolean> {
  const body = `${(clock.now() / 1000).toFixed(3)}000000000`;
  try {
    await writeFile(file, body, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A lock that cannot be read as a time was cut off by a crash while it was written. */
function hasExpired(body: string, now: number): boolean {
  const seconds = Number(body.trim() === '' ? Number.NaN : body);
  return Number.isNaN(seconds) || now - seconds * 1000 > validMs;
}
