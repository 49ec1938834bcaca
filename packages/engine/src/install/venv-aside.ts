import { rename, rm } from 'node:fs/promises';
import { readFingerprint } from './fingerprint.ts';

/**
 * A complete venv steps aside while another is made in its place, and comes back when that fails: what worked
 * before still does, from the same path, as its scripts name it. Its own fingerprint stays with it.
 */
export interface VenvAside {
  /** The new one is complete. */
  drop(): Promise<void>;
  /** The new one came to nothing. */
  comeBack(): Promise<void>;
}

export async function setVenvAside(venv: string): Promise<VenvAside> {
  const aside = asideOf(venv);
  const isComplete = (await readFingerprint(venv)) !== undefined;
  if (isComplete) await rename(venv, aside);
  return {
    drop: () => rm(aside, { recursive: true, force: true }),
    async comeBack() {
      if (isComplete) await putBack(aside, venv);
    },
  };
}

/** After an installation that was killed in between. */
export async function recoverVenv(venv: string): Promise<void> {
  const aside = asideOf(venv);
  if ((await readFingerprint(aside)) === undefined) return;
  if ((await readFingerprint(venv)) === undefined) await putBack(aside, venv);
  else await rm(aside, { recursive: true, force: true });
}

async function putBack(aside: string, venv: string): Promise<void> {
  await rm(venv, { recursive: true, force: true });
  await rename(aside, venv);
}

function asideOf(venv: string): string {
  return `${venv}.before`;
}
