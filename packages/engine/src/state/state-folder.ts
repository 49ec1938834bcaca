import { copyFile, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { Clock } from '@meltano/foundation/clock';
import { isAppError } from '@meltano/foundation/errors';
import { makeFolder } from '../make-folder.ts';
import { writeFileAtomically } from '../system/write-file-atomically.ts';
import { stateError } from './errors.ts';
import { withPythonLock } from './python-lock.ts';
import { parseRecord, renderRecord } from './state-record.ts';
import type { StateRecord } from './state-store.ts';

/** Name of the folder with what is ours; Meltano's listing does not see it. */
export const ownFolder = '.meltano_ts';

/**
 * A folder of state files in Meltano's layout: `<folder>/<state id>/state.json`, and while something writes,
 * a `lock` beside it. Source: meltano-runtime §4.5.
 */
export interface StateFolder {
  read(stateId: string): Promise<StateRecord | undefined>;
  /** A file that cannot be read is copied to `state.json.unreadable`, and counts as none. */
  readOrSetAside(stateId: string): Promise<StateRecord | undefined>;
  write(stateId: string, record: StateRecord): Promise<void>;
  remove(stateId: string): Promise<void>;
  withLock<T>(stateId: string, work: () => Promise<T>): Promise<T>;
  list(): Promise<readonly string[]>;
}

export function createStateFolder(folder: string, clock: Clock): StateFolder {
  const place = (stateId: string) => stateIdFolder(folder, stateId);
  return {
    read: (stateId) => readRecord(place(stateId), stateId),
    async readOrSetAside(stateId) {
      try {
        return await readRecord(place(stateId), stateId);
      } catch (error) {
        if (!isAppError(error) || error.code !== 'state.unreadable') throw error;
        const file = join(place(stateId), 'state.json');
        await copyFile(file, `${file}.unreadable`);
        return undefined;
      }
    },
    async write(stateId, record) {
      await removeLeftovers(place(stateId));
      await writeFileAtomically(join(place(stateId), 'state.json'), renderRecord(record));
    },
    remove: (stateId) => rm(join(place(stateId), 'state.json'), { force: true }),
    async withLock(stateId, work) {
      makeFolder(place(stateId));
      try {
        return await withPythonLock(join(place(stateId), 'lock'), clock, work);
      } finally {
        await removeEmptyFolder(place(stateId));
      }
    },
    list: async () => (await stateIdsBelow(folder, '')).sort(),
  };
}

async function readRecord(folder: string, stateId: string): Promise<StateRecord | undefined> {
  const file = join(folder, 'state.json');
  const text = await readFile(file, 'utf8').catch(absent);
  return text === undefined ? undefined : parseRecord(text, stateId, file);
}

/** Windows does not allow the colons of a state id in a file name; there Meltano uses base64. */
function stateIdFolder(folder: string, stateId: string): string {
  const name = process.platform === 'win32' ? Buffer.from(stateId).toString('base64') : stateId;
  const path = resolve(folder, name);
  const inside =
    path.startsWith(resolve(folder) + sep) &&
    !name.split('/').some((part) => part === '' || part === '.' || part === '..' || part === ownFolder);
  if (!inside || name.includes('\0')) {
    throw stateError('invalid_state_id', {
      message: `The state id '${stateId}' cannot be the name of a folder`,
      hint: 'Use letters, digits, and the signs : _ - .',
    });
  }
  return path;
}

async function stateIdsBelow(folder: string, prefix: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(absent)) ?? [];
  const found: string[] = [];
  if (prefix !== '' && entries.some((entry) => entry.name === 'state.json'))
    found.push(nameToStateId(prefix));
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === ownFolder) continue;
    found.push(
      ...(await stateIdsBelow(
        join(folder, entry.name),
        prefix === '' ? entry.name : `${prefix}/${entry.name}`,
      )),
    );
  }
  return found;
}

function nameToStateId(name: string): string {
  return process.platform === 'win32' ? Buffer.from(name, 'base64').toString('utf8') : name;
}

/** Half-written files of processes that were killed; none of a living one, since the lock is held. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of (await readdir(folder).catch(absent)) ?? []) {
    if (name.startsWith('.state.json.') && name.endsWith('.tmp'))
      await rm(join(folder, name), { force: true });
  }
}

async function removeEmptyFolder(folder: string): Promise<void> {
  await rmdir(folder).catch(() => {});
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
