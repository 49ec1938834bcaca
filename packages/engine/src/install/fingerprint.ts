import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../system/write-file-atomically.ts';
import { isExecutable } from './find-program.ts';

/**
 * What a virtual environment was made from, in Meltano's spelling, so that neither program rebuilds what the
 * other has installed: SHA-256 of the sorted arguments without repetitions, joined by spaces, and the
 * interpreter where one is configured. Source: meltano-project §5.5.
 */
export function venvFingerprint(pipArguments: readonly string[], python: string | undefined): string {
  const parts = [...new Set(pipArguments)].sort(byCodePoint);
  if (python !== undefined) parts.push(`python:${python}`);
  return createHash('sha256').update(parts.join(' ')).digest('hex');
}

/** Python's order of strings, which differs from JavaScript's beyond the basic plane. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export async function readFingerprint(venv: string): Promise<string | undefined> {
  return readFile(fingerprintFile(venv), 'utf8').catch(() => undefined);
}

/** To be written last: a venv without a fingerprint counts as not installed, however far it got. */
export function writeFingerprint(venv: string, fingerprint: string): Promise<void> {
  return writeFileAtomically(fingerprintFile(venv), fingerprint);
}

export function removeFingerprint(venv: string): Promise<void> {
  return rm(fingerprintFile(venv), { force: true });
}

/** True when there is no interpreter, or when the venv was made from something else. */
export async function needsInstall(venv: string, fingerprint: string): Promise<boolean> {
  return !(await isExecutable(venvPython(venv))) || (await readFingerprint(venv))?.trim() !== fingerprint;
}

export function venvPython(venv: string): string {
  return process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
}

function fingerprintFile(venv: string): string {
  return join(venv, '.meltano_plugin_fingerprint');
}
