import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '../make-folder.ts';
import { workspaceError } from './errors.ts';
import { errorCode } from './project-files.ts';

const giveUpAfterMs = 30_000;
const retryMs = 40;
/** A holder elsewhere cannot be asked whether it lives; edits take far less than this. */
const abandonedAfterMs = 60_000;

/**
 * Does work while this process alone holds the lock. The lock is a file that exists as long as it is held,
 * beside the one that Python's Meltano locks; one left behind by a dead process is taken over.
 */
export async function withFileLock<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  await acquire(`${file}.held`);
  try {
    return await work();
  } finally {
    rmSync(`${file}.held`, { force: true });
  }
}

async function acquire(file: string): Promise<void> {
  makeFolder(dirname(file));
  const deadline = performance.now() + giveUpAfterMs;
  while (!tryCreate(file)) {
    if (isAbandoned(file)) removeAbandoned(file);
    else if (performance.now() > deadline) throw lockedError(file);
    else await sleep(retryMs);
  }
}

function tryCreate(file: string): boolean {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, JSON.stringify({ pid: process.pid, host: hostname() }));
    closeSync(handle);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** One process at a time looks and removes; else the second could remove the lock that the first has taken by then. */
function removeAbandoned(file: string): void {
  const guard = `${file}.removing`;
  if (!tryCreate(guard)) {
    if (isAbandoned(guard)) rmSync(guard, { force: true });
    return;
  }
  if (isAbandoned(file)) rmSync(file, { force: true });
  rmSync(guard, { force: true });
}

function isAbandoned(file: string): boolean {
  const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  const holder = readHolder(file);
  if (holder === undefined || holder.host !== hostname()) return age > abandonedAfterMs;
  return !isAlive(holder.pid);
}

/** Undefined while its writer is between making and filling it, or when something else wrote it. */
function readHolder(file: string): { readonly pid: number; readonly host: string } | undefined {
  try {
    const { pid, host } = JSON.parse(readFileSync(file, 'utf8')) as { pid?: unknown; host?: unknown };
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function lockedError(file: string) {
  const holder = readHolder(file);
  return workspaceError('locked', {
    message: `The project files are being changed by another process${holder === undefined ? '' : ` (${holder.pid} on ${holder.host})`}`,
    hint: `Try again; if no such process runs, delete ${file}`,
  });
}
